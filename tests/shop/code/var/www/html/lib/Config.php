<?php

declare(strict_types=1);

/** All XML of app/etc and of the modules, and the rows of the configuration table; cached under id_prefix. */
final class Mage_Core_Model_Config
{
    private const CACHE_ID = 'CONFIG_GLOBAL';
    private const LOCK = 'core_config_cache_save_lock';

    /** @var array<string, mixed> */
    private array $tree = [];
    /** @var array<string, string> rows of the table, by scope, its number, and path */
    private array $rows = [];
    /** @var array<string, array{int, int}> the numbers of a store view and its website, by run type and code */
    private array $stores = [];
    /** @var array{int, int} of the store that is shown */
    private array $current = [1, 1];
    /** @var array<string, PDO> */
    private array $connections = [];
    private bool $allowCache = true;

    public function __construct(private readonly string $etc) {}

    public function loadBase(): void
    {
        foreach (glob("{$this->etc}/*.xml") ?: [] as $file) {
            $this->merge($file);
        }
    }

    /** Reads the cache, or fills it: one process at a time. */
    public function init(bool $applyUpdates = false): void
    {
        if ($this->loadModulesCache()) {
            return;
        }
        $this->lock();
        try {
            if (!$this->loadModulesCache()) {
                $this->loadModules();
                $applyUpdates && Mage_Core_Model_Resource_Setup::applyAllUpdates();
                $this->loadRows();
                $this->save();
            }
        } finally {
            Mage::app()->useCache('config') && $this->pdo()->query("DO RELEASE_LOCK('" . self::LOCK . "')");
        }
    }

    /** From here on this process does not read the cache any more. */
    public function reinit(): void
    {
        $this->allowCache = false;
        $this->init();
    }

    public function loadModulesCache(): bool
    {
        if (!$this->allowCache || !Mage::isInstalled($this->etc) || !Mage::app()->useCache('config')) {
            return false;
        }
        $cached = Mage::app()->getCache()->load(self::CACHE_ID);
        if ($cached === false) {
            return false;
        }
        [$this->tree, $this->rows, $this->stores] = json_decode($cached, true);
        return true;
    }

    /** Returns the text of a node, or nothing. */
    public function node(string $path): string
    {
        $found = $this->children($path);
        return is_string($found) ? $found : '';
    }

    /** @return array<string, mixed>|string|null */
    public function children(string $path): array|string|null
    {
        $found = $this->tree;
        foreach (explode('/', $path) as $part) {
            $found = is_array($found) ? $found[$part] ?? null : null;
        }
        return $found;
    }

    /** Shows a store view, or the first one of a website; without a code the default one. */
    public function show(string $code, string $type): void
    {
        if ($code !== '') {
            $this->current = $this->stores["{$type}/{$code}"]
                ?? throw new Exception("there is no {$type} {$code}");
        }
    }

    /** Returns a setting of the shop: of the store view, its website, or the default. */
    public function value(string $path): string
    {
        [$store, $website] = $this->current;
        return $this->rows["stores/{$store}/{$path}"]
            ?? $this->rows["websites/{$website}/{$path}"]
            ?? $this->rows["default/0/{$path}"]
            ?? '';
    }

    public function table(string $name): string
    {
        return $this->node('global/resources/db/table_prefix') . $name;
    }

    public function pdo(string $name = 'default_setup'): PDO
    {
        $path = "global/resources/{$name}/connection";
        if ($this->node("{$path}/use") !== '') {
            return $this->pdo($this->node("{$path}/use"));
        }
        return $this->connections[$name] ??= $this->connect($path);
    }

    private function connect(string $path): PDO
    {
        $type = $this->node("{$path}/type");
        // The node is called resource, not resources.
        $class = $this->node("global/resource/connection/types/{$type}/class");
        // An element without text is an empty list.
        $texts = array_map(static fn ($value) => is_array($value) ? '' : $value, (array) $this->children($path));
        return (new $class())->getConnection($texts);
    }

    private function lock(): void
    {
        if (!Mage::app()->useCache('config')) {
            return;
        }
        $wait = (int) (getenv('MAGE_CONFIG_CACHE_LOCK_WAIT') ?: (PHP_SAPI === 'cli' ? 60 : 3));
        if ($this->pdo()->query("SELECT GET_LOCK('" . self::LOCK . "', {$wait})")->fetchColumn()) {
            return;
        }
        if (PHP_SAPI === 'cli') {
            throw new Exception('Could not get lock on cache save operation.');
        }
        require BP . '/errors/503.php';
        die();
    }

    private function loadModules(): void
    {
        foreach (glob("{$this->etc}/modules/*.xml") ?: [] as $file) {
            $this->merge($file);
        }
        foreach (array_keys((array) $this->children('modules')) as $module) {
            $this->merge(BP . '/app/code/core/' . str_replace('_', '/', $module) . '/etc/config.xml');
        }
        $this->merge("{$this->etc}/local.xml");
    }

    /** An empty database has no such table: as in OpenMage, this is an error. */
    private function loadRows(): void
    {
        if (!Mage::isInstalled($this->etc)) {
            return;
        }
        $rows = $this->pdo()->query("SELECT scope, scope_id, path, value FROM {$this->table('core_config_data')}");
        foreach ($rows as $row) {
            $this->rows["{$row['scope']}/{$row['scope_id']}/{$row['path']}"] = (string) $row['value'];
        }
        $stores = $this->pdo()->query(
            'SELECT store_id, website_id, s.code, w.code AS website'
            . " FROM {$this->table('core_store')} s JOIN {$this->table('core_website')} w USING (website_id)"
            . ' ORDER BY store_id DESC',
        );
        foreach ($stores as $row) {
            $numbers = [(int) $row['store_id'], (int) $row['website_id']];
            $this->stores["store/{$row['code']}"] = $this->stores["website/{$row['website']}"] = $numbers;
        }
    }

    private function save(): void
    {
        if (Mage::app()->useCache('config')) {
            Mage::app()->getCache()->save((string) json_encode([$this->tree, $this->rows, $this->stores]), self::CACHE_ID);
        }
    }

    private function merge(string $file): void
    {
        $text = str_replace('{{release}}', getenv('SHOP_RELEASE') ?: '1', (string) file_get_contents($file));
        $xml = simplexml_load_string($text) ?: throw new Exception("{$file} is no XML");
        $this->tree = array_replace_recursive($this->tree, json_decode((string) json_encode($xml), true));
    }
}
