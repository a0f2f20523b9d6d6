<?php

declare(strict_types=1);

/** The application: its cache, and which types of entries may be cached. */
final class Mage_Core_Model_App
{
    private const OPTIONS = 'CORE_CACHE_OPTIONS';

    private Shop_Cache $cache;
    /** @var array<string, int>|null */
    private ?array $types = null;

    public function openCache(): void
    {
        $config = Mage::getConfig();
        $options = 'global/cache/backend_options/';
        $redis = Shop_Cache::connect(
            $config->node("{$options}server"),
            $config->node("{$options}port"),
            $config->node("{$options}password"),
        );
        $this->cache = new Shop_Cache($redis, $config->node('global/cache/id_prefix') ?: 'abc_');
    }

    public function getCache(): Shop_Cache
    {
        return $this->cache;
    }

    public function cleanCache(): void
    {
        $this->cache->clean();
    }

    /** After the setup scripts alone no type is on: the installer switches them on. */
    public function useCache(string $type): bool
    {
        if ($this->types === null) {
            $known = $this->cache->load(self::OPTIONS);
            $this->types = $known === false ? $this->readTypes() : json_decode($known, true);
            $this->cache->save((string) json_encode($this->types), self::OPTIONS);
        }
        return (bool) ($this->types[$type] ?? false);
    }

    /** @param array<string, int> $types */
    public function saveUseCache(array $types): void
    {
        $config = Mage::getConfig();
        $this->cache->remove($config->node('global/cache/id_prefix') . self::OPTIONS);
        foreach ($types as $code => $on) {
            $config->pdo()->prepare("REPLACE INTO {$config->table('core_cache_option')} VALUES (?, ?)")
                ->execute([$code, $on]);
        }
    }

    public function setUseSessionInUrl(bool $on): self
    {
        return $this;
    }

    /** @return array<string, int> */
    private function readTypes(): array
    {
        $config = Mage::getConfig();
        try {
            $rows = $config->pdo()->query("SELECT code, value FROM {$config->table('core_cache_option')}");
            return array_column($rows->fetchAll(), 'value', 'code');
        } catch (PDOException) {
            return [];
        }
    }
}
