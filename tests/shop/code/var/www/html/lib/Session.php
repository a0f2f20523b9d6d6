<?php

declare(strict_types=1);

/** The session store; whoever makes one is connected to it. */
final class Cm_RedisSession_Model_Session_Handler
{
    public readonly Redis $redis;

    public function __construct()
    {
        $node = 'global/redis_session/';
        $this->redis = Shop_Cache::connect(
            Mage::getConfig()->node("{$node}host"),
            Mage::getConfig()->node("{$node}port"),
            Mage::getConfig()->node("{$node}password"),
        );
    }
}

/** A visitor's session in Redis, found by the cookie om_frontend. */
final class Session
{
    private const SECONDS = 3600;

    /** @var array{cart: list<string>} */
    public array $data;
    private Redis $redis;
    private string $id;

    public function __construct(Mage_Core_Model_Config $config)
    {
        $this->redis = (new Cm_RedisSession_Model_Session_Handler())->redis;
        $given = (string) ($_COOKIE['om_frontend'] ?? '');
        $this->id = preg_match('/^[a-f0-9]{32}$/', $given) ? $given : bin2hex(random_bytes(16));
        setcookie('om_frontend', $this->id, ['expires' => time() + self::SECONDS, 'path' => '/', 'httponly' => true]);
        $stored = $this->redis->get("sess_{$this->id}");
        $this->data = $stored === false ? ['cart' => []] : json_decode($stored, true);
    }

    public function save(): void
    {
        $this->redis->setex("sess_{$this->id}", self::SECONDS, (string) json_encode($this->data));
    }
}
