<?php

/**
 * One run of OpenMage's cron: alone, and visible when it fails.
 *
 * A lock in the database keeps a second run away wherever it starts, and lets a release wait until
 * no run is left. OpenMage's own guard looks at the processes of one pod only, and its exit code
 * is 0 whatever its jobs do.
 */

declare(strict_types=1);

namespace OpenMage\Kubernetes;

require __DIR__ . '/database.php';

try {
    $database = new Database(30);
    if (!$database->has('cron_schedule')) {
        throw new Failure('the shop is not installed: the release has not run');
    }
    if (!$database->lock('cron', 0)) {
        echo "another run or a release is at work: nothing to do\n";
        exit(0);
    }
} catch (Failure $failure) {
    fwrite(STDERR, "cron: {$failure->getMessage()}\n");
    exit(1);
}

$started = $database->all('SELECT UTC_TIMESTAMP() AS now')[0]['now'];
$finished = false;
register_shutdown_function(static function () use ($database, $started, &$finished): void {
    $failed = error_get_last() !== null && !$finished ? 1 : 0;
    $jobs = $database->all(
        "SELECT job_code, status, messages FROM `{$database->table('cron_schedule')}`"
        . " WHERE (status = 'error' AND executed_at >= ?) OR (status = 'missed' AND created_at >= ?)",
        [$started, $started],
    );
    foreach ($jobs as $job) {
        $message = strtok((string) $job['messages'], "\n");
        fwrite(STDERR, "cron: {$job['job_code']} {$job['status']}: {$message}\n");
        $failed = $job['status'] === 'error' ? 1 : $failed;
    }
    exit($failed);
});

// cron.php finds OpenMage beside itself and reads its mode from the command line.
chdir(CODE);
$_SERVER['SCRIPT_NAME'] = $_SERVER['SCRIPT_FILENAME'] = CODE . '/cron.php';
require CODE . '/cron.php';
$finished = true;
