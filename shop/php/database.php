<?php

/** What the scripts beside OpenMage share: the shop's database, as local.xml names it. */

declare(strict_types=1);

namespace OpenMage\Kubernetes;

use PDO;
use PDOException;
use SimpleXMLElement;

/** Pods start these scripts in the shop's code. */
define(__NAMESPACE__ . '\CODE', getcwd());
const DATABASE_CA = '/etc/openmage/database-ca.pem';
/** MySQL's errors that waiting does not mend: access denied to the server, to the schema. */
const REFUSED = [1044, 1045];

/** Says what is wrong in one sentence; no trace follows. */
final class Failure extends \RuntimeException {}

final class Database
{
    public readonly PDO $pdo;
    public readonly string $schema;
    public readonly string $prefix;

    public function __construct(int $waitSeconds)
    {
        $resources = self::localXml()->global->resources;
        $connection = $resources->default_setup->connection;
        $this->schema = (string) $connection->dbname;
        $this->prefix = (string) $resources->db->table_prefix;
        $this->pdo = self::connect($connection, $waitSeconds);
        // A lock lives as long as its connection: the longest job must not lose it, and when a node
        // dies without a word, the server must not keep it for much longer than a job may run.
        $seconds = (int) (getenv('OPENMAGE_DEADLINE_SECONDS') ?: 86400) + 60;
        $this->pdo->exec("SET SESSION wait_timeout = {$seconds}");
    }

    public static function localXml(): SimpleXMLElement
    {
        $xml = @simplexml_load_file(CODE . '/app/etc/local.xml');
        return $xml ?: throw new Failure(CODE . '/app/etc/local.xml is missing or no XML');
    }

    /** Returns the name of a table as it is in this shop. */
    public function table(string $name): string
    {
        return $this->prefix . $name;
    }

    public function has(string $table): bool
    {
        return in_array($this->table($table), $this->tables(), true);
    }

    /** @return list<string> */
    public function tables(): array
    {
        $found = $this->all(
            'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
            [$this->schema],
        );
        return array_column($found, 'name');
    }

    /**
     * @param list<scalar> $values
     * @return list<array<string, scalar|null>>
     */
    public function all(string $sql, array $values = []): array
    {
        $statement = $this->pdo->prepare($sql);
        $statement->execute($values);
        return $statement->fetchAll(PDO::FETCH_ASSOC);
    }

    /** @param list<scalar> $values */
    public function run(string $sql, array $values = []): void
    {
        $this->pdo->prepare($sql)->execute($values);
    }

    public function count(string $table): int
    {
        if (!$this->has($table)) {
            return 0;
        }
        return (int) $this->all("SELECT COUNT(*) AS n FROM `{$this->table($table)}`")[0]['n'];
    }

    /** Takes a lock of this shop's own: other shops on the same server are not in the way. */
    public function lock(string $name, int $waitSeconds): bool
    {
        // MySQL allows 64 characters.
        $name = 'openmage.' . substr(hash('sha256', $this->schema), 0, 16) . '.' . $name;
        return (int) $this->all('SELECT GET_LOCK(?, ?) AS got', [$name, $waitSeconds])[0]['got'] === 1;
    }

    private static function connect(SimpleXMLElement $connection, int $waitSeconds): PDO
    {
        $deadline = time() + $waitSeconds;
        while (true) {
            try {
                return new PDO(
                    self::dsn((string) $connection->host, (string) $connection->dbname),
                    (string) $connection->username,
                    (string) $connection->password,
                    self::options(),
                );
            } catch (PDOException $error) {
                if (in_array($error->getCode(), REFUSED, true) || time() >= $deadline) {
                    $host = (string) $connection->host;
                    throw new Failure("no connection to the database at {$host}: {$error->getMessage()}");
                }
                sleep(2);
            }
        }
    }

    /** Reads a host as OpenMage does: host, host:port, [address]:port, or the path of a socket. */
    private static function dsn(string $host, string $schema): string
    {
        $end = "dbname={$schema};charset=utf8mb4";
        if (str_contains($host, '/')) {
            return "mysql:unix_socket={$host};{$end}";
        }
        $port = '3306';
        if (preg_match('/^(\[.+\]|[^:]+):(\d+)$/', $host, $parts)) {
            [, $host, $port] = $parts;
        }
        return "mysql:host={$host};port={$port};{$end}";
    }

    /** @return array<int, mixed> */
    private static function options(): array
    {
        $options = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_TIMEOUT => 10];
        return $options + tlsOptions();
    }
}

/** @return array<int, mixed> options that encrypt a connection, if the shop has a CA for it */
function tlsOptions(): array
{
    if (!is_file(DATABASE_CA) || filesize(DATABASE_CA) === 0) {
        return [];
    }
    // PHP 8.5 finds fault with the old names; 8.4 brought the new ones.
    $class = class_exists('Pdo\Mysql') ? 'Pdo\Mysql::' : 'PDO::MYSQL_';
    return [
        constant("{$class}ATTR_SSL_CA") => DATABASE_CA,
        constant("{$class}ATTR_SSL_VERIFY_SERVER_CERT") => true,
    ];
}

/** Returns why OpenMage has ended this process on its own, for a log. */
function reasonOfEnd(int $started): string
{
    return lastReport($started) ?? 'OpenMage ended before its work was done';
}

/** Returns the message of the error that OpenMage has reported last, if there is one since then. */
function lastReport(int $since): ?string
{
    $files = array_filter(glob(CODE . '/var/report/*') ?: [], static fn ($file) => filemtime($file) >= $since);
    if ($files === []) {
        return null;
    }
    usort($files, static fn ($one, $other) => filemtime($one) <=> filemtime($other));
    $report = @unserialize((string) file_get_contents(end($files)), ['allowed_classes' => false]);
    return is_array($report) && isset($report[0]) ? trim((string) $report[0]) : null;
}
