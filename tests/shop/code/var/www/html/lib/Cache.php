<?php

declare(strict_types=1);

/** The cache store as OpenMage's Redis backend keeps it: one key an entry, under the id_prefix. */
final class Shop_Cache
{
    private const KEY = 'zc:k:';

    public function __construct(private readonly Redis $redis, private readonly string $prefix) {}

    public static function connect(string $host, string $port, string $password): Redis
    {
        $redis = new Redis();
        $redis->connect($host, (int) $port, 2.5);
        $password === '' || $redis->auth($password);
        return $redis;
    }

    public function load(string $id): string|false
    {
        return $this->redis->get(self::KEY . $this->prefix . $id);
    }

    public function save(string $value, string $id): void
    {
        $this->redis->set(self::KEY . $this->prefix . $id, $value);
    }

    /** Empties the store, whoever else uses it. */
    public function clean(): void
    {
        $this->redis->flushDB();
    }

    public function getBackend(): self
    {
        return $this;
    }

    /** @return list<string> ids with their prefix, of every release */
    public function getIds(): array
    {
        return array_map(static fn ($key) => substr($key, strlen(self::KEY)), $this->redis->keys(self::KEY . '*'));
    }

    public function remove(string $id): void
    {
        $this->redis->del(self::KEY . $id);
    }
}
