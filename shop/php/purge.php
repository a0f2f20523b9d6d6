<?php

/**
 * Tells every pod of the frontend cache what has changed. OpenMage's events do it by themselves;
 * by hand: php /etc/openmage/purge.php PATTERN, a regular expression that addresses match.
 */

declare(strict_types=1);

/** Collects what has changed, and says it once: when the request, and its transaction, has ended. */
class OpenMage_Kubernetes_Purge
{
    /** More tags than this are every page: Varnish takes 8 kB in one header. */
    private const MANY = 100;

    /** @var array<string, true> */
    private array $patterns = [];
    /** @var array<string, true> */
    private array $tags = [];
    private bool $registered = false;
    private readonly string $root;

    /** OpenMage gives an array to all that it makes. */
    public function __construct(string|array $root = [])
    {
        $this->root = is_string($root) ? $root : BP;
    }

    public function everything(): void
    {
        $this->files('.');
    }

    /** JS and CSS that OpenMage has merged, and what it is merged from. */
    public function merged(): void
    {
        $this->files('^/(js|skin|media/(css|css_secure|js))/');
    }

    public function images(): void
    {
        $this->files('^/media/catalog/product/cache/');
    }

    public function swatches(): void
    {
        $this->files('^/media/catalog/swatches/');
    }

    public function pages(): void
    {
        $this->collect($this->tags, 'page');
    }

    /** The event application_clean_cache: no tags are all tags. */
    public function tags(Varien_Event_Observer $observer): void
    {
        foreach ((array) $observer->getEvent()->getTags() ?: ['page'] as $tag) {
            $this->collect($this->tags, preg_replace('/\s+/', '_', (string) $tag));
        }
    }

    /** Purges the addresses, host and scheme aside, that match a regular expression. */
    public function files(string $pattern): void
    {
        $this->collect($this->patterns, $pattern);
    }

    /**
     * Says what has been collected.
     *
     * @return array<string, string> which pods did not take it: address to reason
     */
    public function send(): array
    {
        $bans = array_map(
            fn(string|int $pattern) => "X-Ban-Url: {$pattern}",
            array_keys($this->patterns),
        );
        if ($this->tags) {
            $tags = count($this->tags) > self::MANY ? ['page'] : array_keys($this->tags);
            $any = implode('|', array_map(fn(string|int $tag) => preg_quote((string) $tag), $tags));
            $bans[] = "X-Ban-Tags: (?i)(^|[\\s,])({$any})([\\s,]|$)";
        }
        $this->patterns = $this->tags = [];
        return $bans ? $this->broadcast($bans) : [];
    }

    /** @return list<string> addresses of all pods, also of those that are not ready */
    protected function addresses(string $host): array
    {
        return gethostbynamel($host) ?: [];
    }

    /** @param array<string, true> $what */
    private function collect(array &$what, string $value): void
    {
        $what[$value] = true;
        if (!$this->registered) {
            $this->registered = true;
            register_shutdown_function(function (): void {
                foreach ($this->send() as $address => $reason) {
                    error_log("the frontend cache {$address} was not told what has changed: {$reason}");
                }
            });
        }
    }

    /**
     * @param list<string> $bans
     * @return array<string, string>
     */
    private function broadcast(array $bans): array
    {
        $xml = @simplexml_load_file("{$this->root}/app/etc/local.xml");
        $where = $xml ? (string) $xml->global->openmage_kubernetes->purge : '';
        if ($where === '') {
            return ['' => 'local.xml names none'];
        }
        [$host, $port] = explode(':', $where);
        $addresses = $this->addresses($host);
        if (!$addresses) {
            return [$host => 'the name leads to no pod'];
        }
        $failed = [];
        foreach ($bans as $ban) {
            $failed += $this->ask($addresses, (int) $port, $ban);
            // Nobody waits for the same pod twice.
            $addresses = array_diff($addresses, array_keys($failed));
        }
        return $failed;
    }

    /**
     * Asks all pods at once: a pod that has just gone delays nobody.
     *
     * @param array<string> $addresses
     * @return array<string, string>
     */
    private function ask(array $addresses, int $port, string $ban): array
    {
        $all = curl_multi_init();
        $asked = [];
        foreach ($addresses as $address) {
            $asked[$address] = curl_init("http://{$address}:{$port}/");
            curl_setopt_array($asked[$address], [
                CURLOPT_CUSTOMREQUEST => 'BAN',
                CURLOPT_HTTPHEADER => [$ban],
                CURLOPT_RETURNTRANSFER => true,
                CURLOPT_CONNECTTIMEOUT_MS => 500,
                CURLOPT_TIMEOUT_MS => 2000,
                CURLOPT_PROXY => '',
            ]);
            curl_multi_add_handle($all, $asked[$address]);
        }
        do {
            $status = curl_multi_exec($all, $running);
            if ($running) {
                curl_multi_select($all, 0.1);
            }
        } while ($running && $status === CURLM_OK);
        $failed = [];
        while ($ended = curl_multi_info_read($all)) {
            $address = (string) array_search($ended['handle'], $asked, true);
            $code = curl_getinfo($ended['handle'], CURLINFO_RESPONSE_CODE);
            if ($ended['result'] !== CURLE_OK) {
                $failed[$address] = curl_strerror($ended['result']);
            } elseif ($code !== 200) {
                $text = trim((string) curl_multi_getcontent($ended['handle']));
                $failed[$address] = "it answers {$code} {$text}";
            }
        }
        return $failed;
    }
}

if (PHP_SAPI === 'cli' && realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    if ($argc !== 2) {
        fwrite(STDERR, "usage: php purge.php PATTERN, such as '^/media/wysiwyg/'; . is everything\n");
        exit(2);
    }
    $purge = new OpenMage_Kubernetes_Purge(getcwd());
    $left = 3;
    do {
        $purge->files($argv[1]);
        // A pod that has gone meanwhile is not asked again.
        $failed = $purge->send();
    } while ($failed && --$left && sleep(1) === 0);
    foreach ($failed as $address => $reason) {
        fwrite(STDERR, "{$address}: {$reason}\n");
    }
    exit($failed ? 1 : 0);
}
