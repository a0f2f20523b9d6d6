<?php

/** Keeps what went wrong in var/report, and shows a page that says nothing of it. */

declare(strict_types=1);

/** @var list<string> $reportData */
$id = random_int(1, PHP_INT_MAX);
@mkdir(BP . '/var/report', 0750, true);
@file_put_contents(BP . "/var/report/{$id}", serialize($reportData));
http_response_code(503);
echo "<!DOCTYPE html><title>There has been an error processing your request</title>Error log record number: {$id}\n";
