<?php

/**
 * Brings the database to the code of this image: installs an empty one, migrates an old one, sets
 * the rows that production needs, and fills the configuration cache before a visitor has to.
 *
 * OpenMage keeps its state in static variables, so each step that boots it is a process of its own
 * (`release.php <step>`); the first process holds the locks. A step must come to its own end: when
 * OpenMage cannot start it shows its error page and exits with 0, even on a command line.
 */

declare(strict_types=1);

namespace OpenMage\Kubernetes;

use Mage;
use Mage_Core_Model_Resource_Setup as Setup;

require __DIR__ . '/database.php';
require __DIR__ . '/stores.php';

const SETTINGS = __DIR__ . '/release.json';
const STATE = 'openmage_release';
const OLDEST_PHP = '8.2.0';
const TOO_NEW_PHP = '8.6.0';
/** Seconds to wait for another release, and for a run of cron. */
const PATIENCE = 600;
/** Seconds to wait for the session store, which a first release starts together with. */
const SESSION_PATIENCE = 10;

$step = $argv[1] ?? 'release';
$ended = false;
// The error page is for a visitor: it does not belong in a log.
$step === 'release' || ob_start();
register_shutdown_function(static function () use ($step, &$ended): void {
    if (!$ended) {
        while (ob_get_level() > 0) {
            ob_end_clean();
        }
        complain("{$step}: " . reasonOfEnd((int) $_SERVER['REQUEST_TIME']));
        exit(1);
    }
});
try {
    match ($step) {
        'release' => release(),
        'install' => install($argv[2]),
        'migrate' => migrate(),
        'configure' => configure(),
        'warm' => warm(),
        default => throw new Failure("there is no step {$step}"),
    };
    $status = 0;
} catch (Failure $failure) {
    complain($failure->getMessage());
    $status = 1;
} catch (\Throwable $error) {
    $place = basename($error->getFile()) . ':' . $error->getLine();
    complain(sprintf('%s (%s, %s)', $error->getMessage(), $error::class, $place));
    $status = 1;
}
$ended = true;
exit($status);

function release(): void
{
    if (version_compare(PHP_VERSION, OLDEST_PHP, '<') || version_compare(PHP_VERSION, TOO_NEW_PHP, '>=')) {
        throw new Failure('the image has PHP ' . PHP_VERSION . '; OpenMage runs on 8.2 to 8.5');
    }
    $database = new Database(120);
    say("database {$database->schema} answers");
    if (!$database->lock('release', PATIENCE)) {
        throw new Failure('another release has been running for ' . PATIENCE . ' s');
    }
    $drain = (int) (getenv('OPENMAGE_CRON_DRAIN_SECONDS') ?: PATIENCE);
    if (!$database->lock('cron', $drain)) {
        throw new Failure("a cron run has not ended in {$drain} s; see which job hangs, or end its pod");
    }
    say('no cron run is left');
    if (isEmpty($database)) {
        begin($database);
        installFrom(sys_get_temp_dir() . '/etc-' . bin2hex(random_bytes(8)));
        makeStores($database, settings()['stores']);
        finish($database);
    } else {
        step('migrate');
    }
    convertTables($database, settings()['convertedEngines']);
    writeRows($database);
    writeStores($database, settings()['stores']);
    step('configure');
    step('warm');
    say('done');
}

/** Whether there is nothing in the database that anybody could miss. */
function isEmpty(Database $database): bool
{
    $tables = $database->tables();
    if ($tables === []) {
        return true;
    }
    if (!isInstalling($database)) {
        return $database->has('core_resource')
            ? false
            : throw new Failure('the database has tables, but no shop: give the shop an empty one');
    }
    // The installation that made these tables was cut off, and it cannot be gone on with.
    foreach (['sales_flat_order', 'customer_entity', 'catalog_product_entity'] as $table) {
        if ($database->count($table) > 0) {
            throw new Failure("a broken installation holds rows in {$table}: look at it before going on");
        }
    }
    say('an earlier installation was cut off: starting over');
    dropAll($database, $tables);
    return true;
}

/** Whether the mark of an installation is there that has not ended. */
function isInstalling(Database $database): bool
{
    if (!$database->has(STATE)) {
        return false;
    }
    // No row: the installation was cut off between its first two statements.
    $rows = $database->all("SELECT state FROM `{$database->table(STATE)}`");
    return ($rows[0]['state'] ?? 'installing') === 'installing';
}

/** @param list<string> $tables */
function dropAll(Database $database, array $tables): void
{
    $database->pdo->exec('SET FOREIGN_KEY_CHECKS = 0');
    foreach ($tables as $table) {
        // The mark goes last: until then this is a broken installation.
        if ($table !== $database->table(STATE)) {
            $database->pdo->exec("DROP TABLE IF EXISTS `{$table}`");
        }
    }
    $database->pdo->exec("DROP TABLE `{$database->table(STATE)}`");
    $database->pdo->exec('SET FOREIGN_KEY_CHECKS = 1');
}

function begin(Database $database): void
{
    $table = $database->table(STATE);
    $database->pdo->exec(
        "CREATE TABLE `{$table}` (state VARCHAR(20) PRIMARY KEY, started_at DATETIME, ended_at DATETIME)"
        . ' ENGINE=InnoDB',
    );
    $database->run("INSERT INTO `{$table}` VALUES ('installing', UTC_TIMESTAMP(), NULL)");
}

function finish(Database $database): void
{
    $database->run(
        "UPDATE `{$database->table(STATE)}` SET state = 'installed', ended_at = UTC_TIMESTAMP()",
    );
}

/** Runs one step in a process of its own. */
function step(string $name, string ...$arguments): void
{
    $started = microtime(true);
    $memory = 'memory_limit=' . ini_get('memory_limit');
    $command = [PHP_BINARY, '-d', $memory, __FILE__, $name, ...$arguments];
    $process = proc_open($command, [STDIN, STDOUT, STDERR], $pipes);
    if ($process === false || proc_close($process) !== 0) {
        throw new Failure("{$name} failed; the lines above say why");
    }
    say(sprintf('%s took %.1f s', $name, microtime(true) - $started));
}

/** OpenMage installs only where local.xml has no date, and reads all of app/etc from one place. */
function installFrom(string $etc): void
{
    copyTree(CODE . '/app/etc', $etc);
    $local = Database::localXml();
    $local->global->install->date = '';
    file_put_contents("{$etc}/local.xml", $local->asXML());
    try {
        step('install', $etc);
    } finally {
        // It holds the shop's passwords.
        removeTree($etc);
    }
}

function install(string $etc): void
{
    boot('default', $etc);
    update();
}

function migrate(): void
{
    boot('admin');
    // What an interrupted attempt has left in the cache must not hide a pending update.
    Mage::getConfig()->reinit();
    update();
}

function update(): void
{
    Setup::applyAllUpdates();
    Setup::applyAllDataUpdates();
    // It may hold tables as they were before.
    cleanCache();
}

/**
 * Makes InnoDB tables of all tables with these engines, which servers do not hold alike. Rows are
 * written anew, not only declared: Galera has not copied MyISAM's to the other servers. A migration
 * has just made these tables, or a dump has brought them: nobody writes to them yet.
 *
 * @param list<string> $engines
 */
function convertTables(Database $database, array $engines): void
{
    $new = $database->table('openmage_release_new');
    $old = $database->table('openmage_release_old');
    foreach ($engines as $engine) {
        // What an interrupted run has left: a copy that is not complete, or is in its place already.
        $database->pdo->exec("DROP TABLE IF EXISTS `{$new}`, `{$old}`");
        $tables = $database->all(
            'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND engine = ?',
            [$database->schema, $engine],
        );
        foreach (array_column($tables, 'name') as $table) {
            foreach ([
                "CREATE TABLE `{$new}` LIKE `{$table}`",
                "ALTER TABLE `{$new}` ENGINE=InnoDB",
                "INSERT INTO `{$new}` SELECT * FROM `{$table}`",
                "RENAME TABLE `{$table}` TO `{$old}`, `{$new}` TO `{$table}`",
                "DROP TABLE `{$old}`",
            ] as $statement) {
                $database->pdo->exec($statement);
            }
            say("{$table} was {$engine}, and is InnoDB now");
        }
    }
}

/** Switches the caches on and makes the administrator, if they are not there yet. */
function configure(): void
{
    $database = new Database(30);
    boot('admin');
    if ($database->count('core_cache_option') === 0) {
        $types = array_keys(Mage::helper('core')->getCacheTypes());
        Mage::app()->saveUseCache(array_fill_keys($types, 1));
    }
    $settings = settings();
    $known = $database->all(
        "SELECT user_id FROM `{$database->table('admin_user')}` WHERE username = ?",
        [$settings['username']],
    );
    if ($known === []) {
        createAdministrator($settings);
        say("administrator {$settings['username']} made");
    }
    cleanCache();
}

/**
 * Empties the cache of this release. OpenMage's own cleanCache() empties the whole store, and with
 * it the cache of the release that serves meanwhile.
 */
function cleanCache(): void
{
    $backend = Mage::app()->getCache()->getBackend();
    $prefix = (string) Database::localXml()->global->cache->id_prefix;
    foreach ($backend->getIds() as $id) {
        if (str_starts_with($id, $prefix)) {
            $backend->remove($id);
        }
    }
}

/** @param array<string, mixed> $settings */
function createAdministrator(array $settings): void
{
    $file = getenv('OPENMAGE_ADMIN_PASSWORD_FILE') ?: '/run/secrets/openmage/admin-password';
    $password = rtrim((string) @file_get_contents($file), "\n");
    $user = Mage::getModel('admin/user')->setData([
        'username' => $settings['username'],
        'firstname' => $settings['firstName'],
        'lastname' => $settings['lastName'],
        'email' => $settings['email'],
        'new_password' => $password,
        'password_confirmation' => $password,
        'is_active' => 1,
    ]);
    $problems = $user->validate();
    if (is_array($problems)) {
        throw new Failure('the administrator cannot be made: ' . implode(' ', $problems));
    }
    $user->setForceNewPassword(true);
    $user->save();
    $user->setRoleIds([1])->saveRelations();
}

/** Boots with a cold cache, so that it is filled before the first visitor comes. */
function warm(): void
{
    boot('admin');
    if (!Mage::getConfig()->loadModulesCache()) {
        throw new Failure('the configuration cache stays empty: is the cache store reachable?');
    }
    reachSessions();
}

/** A release has no use for the session store, but without it no page is shown to anybody. */
function reachSessions(): void
{
    $deadline = time() + SESSION_PATIENCE;
    while (true) {
        try {
            new \Cm_RedisSession_Model_Session_Handler();
            return;
        } catch (\Exception $error) {
            if (time() >= $deadline) {
                throw new Failure("no connection to the session store: {$error->getMessage()}");
            }
            sleep(2);
        }
    }
}

function writeRows(Database $database): void
{
    $table = $database->table('core_config_data');
    $rows = settings()['config'];
    $database->pdo->beginTransaction();
    foreach ($rows as $row) {
        $database->run(
            "INSERT INTO `{$table}` (scope, scope_id, path, value) VALUES (?, ?, ?, ?)"
            . ' ON DUPLICATE KEY UPDATE value = VALUES(value)',
            [$row['scope'], $row['scope_id'], $row['path'], $row['value']],
        );
    }
    $database->pdo->commit();
    say(count($rows) . ' rows of configuration written');
}

function boot(string $store, ?string $etc = null): void
{
    // OpenMage ends addresses with the name of the script, if it has to.
    $_SERVER['SCRIPT_NAME'] = $_SERVER['SCRIPT_FILENAME'] = 'index.php';
    require CODE . '/app/bootstrap.php';
    require CODE . '/app/Mage.php';
    umask(0);
    Mage::app($store, 'store', $etc === null ? [] : ['etc_dir' => $etc]);
}

/** @return array<string, mixed> */
function settings(): array
{
    return json_decode((string) file_get_contents(SETTINGS), true, 16, JSON_THROW_ON_ERROR);
}

function copyTree(string $from, string $to): void
{
    mkdir($to, 0700, true);
    foreach (namesIn($from) as $name) {
        is_dir("{$from}/{$name}")
            ? copyTree("{$from}/{$name}", "{$to}/{$name}")
            : copy("{$from}/{$name}", "{$to}/{$name}");
    }
}

function removeTree(string $folder): void
{
    foreach (namesIn($folder) as $name) {
        is_dir("{$folder}/{$name}") ? removeTree("{$folder}/{$name}") : unlink("{$folder}/{$name}");
    }
    rmdir($folder);
}

/** @return list<string> */
function namesIn(string $folder): array
{
    return array_values(array_diff(scandir($folder) ?: [], ['.', '..']));
}

function say(string $text): void
{
    echo "release: {$text}\n";
}

function complain(string $text): void
{
    fwrite(STDERR, "release: {$text}\n");
}
