<?php

/**
 * One run of OpenMage's cron: alone, and visible when it fails.
 *
 * A lock in the database keeps a second run away wherever it starts, and lets a release wait until
 * no run is left. OpenMage's own guard looks at the processes of one pod only, and its exit code
 * is 0 whatever happens: when it cannot start, and when its jobs fail.
 */

declare(strict_types=1);

namespace OpenMage\Kubernetes;

require __DIR__ . '/database.php';

try {
    if (!isset(getopt('m::')['m'])) {
        // Without a mode cron.php leaves its work to children, which die with this container.
        throw new Failure('a mode is needed: -mdefault or -malways');
    }
    $database = new Database(30);
    if (!$database->has('cron_schedule')) {
        throw new Failure('the shop is not installed: the release has not run');
    }
    if (!$database->lock('cron', 0)) {
        echo "another run or a release is at work: nothing to do\n";
        exit(0);
    }
    $run = new CronRun($database);
} catch (\Exception $error) {
    fwrite(STDERR, "cron: {$error->getMessage()}\n");
    exit(1);
}

$ended = false;
ob_start();
register_shutdown_function(static function () use ($run, &$ended): void {
    exit($run->report($ended) ? 0 : 1);
});
// cron.php finds OpenMage beside itself and reads its mode from the command line.
$_SERVER['SCRIPT_NAME'] = $_SERVER['SCRIPT_FILENAME'] = 'cron.php';
require CODE . '/cron.php';
$ended = true;

/** The jobs of one run, as the table of the schedule shows them. */
final class CronRun
{
    /** OpenMage keeps the rows of successful jobs this long, in seconds. */
    private const HISTORY = 3600;

    private readonly int $started;
    private readonly string $table;
    /** @var array<int, array<string, scalar|null>> rows that wait to be run, by their number */
    private readonly array $due;
    /** @var array<int, array<string, scalar|null>> rows of jobs that failed before this run, by their number */
    private readonly array $failedBefore;

    public function __construct(private readonly Database $database)
    {
        $this->started = time();
        $this->table = $database->table('cron_schedule');
        $this->endWhatWasCutOff();
        $this->due = $this->select("status = 'pending' AND scheduled_at <= ?", $this->startedAt());
        $this->failedBefore = $this->select("status = 'error'");
    }

    /** Writes what went wrong to stderr; returns whether all went well. */
    public function report(bool $ended): bool
    {
        if (!$ended) {
            // The error page is for a visitor: it does not belong in a log.
            ob_end_clean();
            fwrite(STDERR, 'cron: ' . reasonOfEnd($this->started) . "\n");
        }
        try {
            return $this->reportJobs() && $ended;
        } catch (\Exception $error) {
            fwrite(STDERR, "cron: how the jobs went is unknown: {$error->getMessage()}\n");
            return false;
        }
    }

    private function reportJobs(): bool
    {
        $failed = $this->select("status IN ('error', 'running') AND executed_at >= ?", $this->startedAt());
        $failed = array_diff_key($failed, $this->failedBefore);
        foreach ($failed as $job) {
            $message = strtok((string) $job['messages'], "\n") ?: 'no message';
            // Nobody but this run runs jobs: one that is still running was ended by a fatal error.
            self::say($job, $job['status'] === 'error' ? "failed: {$message}" : 'did not end');
        }
        foreach ($this->missed() as $job) {
            self::say($job, 'was missed: there was no run in time');
        }
        return $failed === [];
    }

    /** A run that was killed leaves its job as running; OpenMage neither repeats nor removes it. */
    private function endWhatWasCutOff(): void
    {
        foreach ($this->select("status = 'running'") as $job) {
            self::say($job, 'was cut off in an earlier run');
        }
        $this->database->run(
            "UPDATE `{$this->table}` SET status = 'error', messages = 'The run was cut off.'"
            . " WHERE status = 'running'",
        );
    }

    /**
     * OpenMage marks late jobs as missed, and removes them in the same run.
     *
     * @return array<int, array<string, scalar|null>>
     */
    private function missed(): array
    {
        // A run this long may have removed what went well, too.
        $isLong = time() - $this->started > self::HISTORY;
        $gone = $isLong ? [] : array_diff_key($this->due, $this->select('1 = 1'));
        return $gone + array_intersect_key($this->due, $this->select("status = 'missed'"));
    }

    /** OpenMage writes times by the clock of its pod, in UTC. */
    private function startedAt(): string
    {
        return gmdate('Y-m-d H:i:s', $this->started);
    }

    /** @return array<int, array<string, scalar|null>> rows by their number */
    private function select(string $condition, string ...$values): array
    {
        $rows = $this->database->all(
            'SELECT schedule_id, job_code, status, scheduled_at, messages'
            . " FROM `{$this->table}` WHERE {$condition}",
            $values,
        );
        return array_column($rows, null, 'schedule_id');
    }

    /** @param array<string, scalar|null> $job */
    private static function say(array $job, string $what): void
    {
        fwrite(STDERR, "cron: {$job['job_code']} of {$job['scheduled_at']} {$what}\n");
    }
}
