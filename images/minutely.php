<?php

/**
 * Runs a command at the start of each minute: `php minutely.php COMMAND...`. For compose.yaml, where
 * no CronJob does it. A signal to stop ends it as soon as the run that it finds has ended.
 */

declare(strict_types=1);

$stop = false;
pcntl_async_signals(true);
foreach ([SIGINT, SIGQUIT, SIGTERM] as $signal) {
    pcntl_signal($signal, static function () use (&$stop): void {
        $stop = true;
    });
}
while (!$stop) {
    $run = proc_open(array_slice($argv, 1), [STDIN, STDOUT, STDERR], $pipes);
    if ($run === false) {
        exit(1);
    }
    // The script has reported its own failure; the next minute's run is the retry.
    proc_close($run);
    $left = 60 - time() % 60;
    while (!$stop && $left > 0) {
        $left = sleep($left);
    }
}
