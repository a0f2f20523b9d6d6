<?php

declare(strict_types=1);

chdir(__DIR__);
require 'app/bootstrap.php';
require 'app/Mage.php';

if (!Mage::isInstalled()) {
    echo 'Application is not installed yet';
    exit;
}
Mage::app('admin')->setUseSessionInUrl(false);
try {
    $mode = getopt('m::')['m'] ?? null;
    // Whoever lacks these programs runs everything, whatever the mode.
    $isShellDisabled = !shell_exec('which expr 2>/dev/null') || !shell_exec('which ps 2>/dev/null');
    if ($mode === null && !$isShellDisabled) {
        // As in OpenMage: children are started and left alone, and nobody sees how they end.
        shell_exec('php ' . escapeshellarg(__FILE__) . ' -mdefault >/dev/null 2>&1 &');
        exit;
    }
    if ($mode !== null && !in_array($mode, ['always', 'default'], true)) {
        throw new Exception('Unrecognized cron mode was defined');
    }
    if ($isShellDisabled || $mode === 'default') {
        (new Schedule(Mage::getConfig()))->dispatch();
    }
} catch (Exception $error) {
    Mage::printException($error);
}
