<?php

/**
 * Counts requests for all processes of one Apache, which has no module that does: it asks by a line,
 * "name,per minute,burst,client", and is answered "go", or "later" when the client asks too often.
 *
 * Counted as nginx does: a bucket for each client that leaks at the rate, and holds the burst.
 */

declare(strict_types=1);

const MOST_CLIENTS = 20000;

$buckets = [];
while (($line = fgets(STDIN)) !== false) {
    $asked = explode(',', rtrim($line, "\n"), 4);
    if (count($asked) !== 4) {
        fwrite(STDOUT, "go\n");
        continue;
    }
    [$name, $perMinute, $burst, $client] = $asked;
    $key = "$name $client";
    $now = hrtime(true) / 1e9;
    [$level, $since] = $buckets[$key] ?? [-1.0, $now];
    $level = max(0.0, $level + 1 - ($now - $since) * (int) $perMinute / 60);
    if ($level > (int) $burst) {
        fwrite(STDOUT, "later\n");
        continue;
    }
    // Last in the list: those who have not asked for longest are forgotten first.
    unset($buckets[$key]);
    $buckets[$key] = [$level, $now];
    if (count($buckets) > MOST_CLIENTS) {
        $buckets = array_slice($buckets, intdiv(MOST_CLIENTS, 2), null, true);
    }
    fwrite(STDOUT, "go\n");
}
