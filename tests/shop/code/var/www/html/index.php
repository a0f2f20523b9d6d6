<?php

declare(strict_types=1);

require getcwd() . '/app/bootstrap.php';
require BP . '/app/Mage.php';

if (is_file('maintenance.flag')) {
    include BP . '/errors/503.php';
    exit;
}
Mage::run($_SERVER['MAGE_RUN_CODE'] ?? '', $_SERVER['MAGE_RUN_TYPE'] ?? 'store');
