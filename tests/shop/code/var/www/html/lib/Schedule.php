<?php

declare(strict_types=1);

/** Jobs by the minute: rows are made ahead, run when they are due, and removed when they are old. */
final class Schedule
{
    /** A job to the path of its setting: 0 or nothing switches it off. */
    private const JOBS = ['heartbeat' => null, 'sleep' => 'test/cron/sleep', 'fail' => 'test/cron/fail'];
    private const GENERATE_EVERY = 900;
    private const AHEAD = 1200;
    private const LIFETIME = 900;
    private const HISTORY = 3600;

    private readonly PDO $pdo;
    private readonly string $table;

    public function __construct(private readonly Mage_Core_Model_Config $config)
    {
        $this->pdo = $config->pdo();
        $this->table = $config->table('cron_schedule');
    }

    public function dispatch(): void
    {
        $pending = $this->all("SELECT * FROM {$this->table} WHERE status = 'pending' ORDER BY scheduled_at");
        foreach ($pending as $row) {
            $this->process($row);
        }
        $this->generate($pending);
        $this->pdo->exec(
            "DELETE FROM {$this->table} WHERE status IN ('success', 'missed', 'error')"
            . ' AND (executed_at IS NULL OR executed_at < UTC_TIMESTAMP() - INTERVAL ' . self::HISTORY . ' SECOND)',
        );
    }

    /** @param array<string, mixed> $row */
    private function process(array $row): void
    {
        $time = strtotime("{$row['scheduled_at']} UTC");
        $id = (int) $row['schedule_id'];
        $wanted = $this->wanted($row['job_code']);
        if ($time > time()) {
            return;
        }
        if ($wanted === 0) {
            $this->pdo->exec("DELETE FROM {$this->table} WHERE schedule_id = {$id}");
            return;
        }
        if ($time < time() - self::LIFETIME) {
            $this->set($id, 'missed', 'Too late for the schedule.');
            return;
        }
        $locked = $this->pdo->exec(
            "UPDATE {$this->table} SET status = 'running', executed_at = UTC_TIMESTAMP()"
            . " WHERE schedule_id = {$id} AND status = 'pending'",
        );
        if ($locked === 1) {
            $this->run($id, $row['job_code'], $wanted);
        }
    }

    /** As in OpenMage an exception is noted in the row, and an error ends the whole run. */
    private function run(int $id, string $job, int $wanted): void
    {
        try {
            match ($job) {
                'heartbeat' => null,
                'sleep' => sleep($wanted),
                'fail' => throw $wanted === 1
                    ? new Exception('failed, as it was told to')
                    : new Error('broken, as it was told to be'),
            };
            $this->set($id, 'success', '');
        } catch (Exception $error) {
            $this->set($id, 'error', (string) $error);
        }
    }

    private function set(int $id, string $status, string $message): void
    {
        $this->pdo->prepare(
            "UPDATE {$this->table} SET status = ?, messages = ?, finished_at = UTC_TIMESTAMP() WHERE schedule_id = ?",
        )->execute([$status, $message, $id]);
    }

    /** @param list<array<string, mixed>> $pending */
    private function generate(array $pending): void
    {
        $cache = Mage::app()->getCache();
        if ((int) $cache->load('CRON_LAST_SCHEDULE_GENERATE_AT') > time() - self::GENERATE_EVERY) {
            return;
        }
        $known = array_map(static fn ($row) => "{$row['job_code']}/{$row['scheduled_at']}", $pending);
        $insert = $this->pdo->prepare(
            "INSERT INTO {$this->table} (job_code, status, created_at, scheduled_at)"
            . " VALUES (?, 'pending', UTC_TIMESTAMP(), ?)",
        );
        foreach (array_keys(self::JOBS) as $job) {
            for ($time = time(); $time < time() + self::AHEAD; $time += 60) {
                $at = gmdate('Y-m-d H:i:00', $time);
                in_array("{$job}/{$at}", $known, true) || $insert->execute([$job, $at]);
            }
        }
        $cache->save((string) time(), 'CRON_LAST_SCHEDULE_GENERATE_AT');
    }

    /** Reads past the cache, so that a test need not wait for it. */
    private function wanted(string $job): int
    {
        if (self::JOBS[$job] === null) {
            return 1;
        }
        $value = $this->pdo->prepare("SELECT value FROM {$this->config->table('core_config_data')} WHERE path = ?");
        $value->execute([self::JOBS[$job]]);
        return (int) $value->fetchColumn();
    }

    /** @return list<array<string, mixed>> */
    private function all(string $sql): array
    {
        return $this->pdo->query($sql)->fetchAll(PDO::FETCH_ASSOC);
    }
}
