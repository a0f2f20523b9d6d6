<?php

/** Media that nginx did not find: none is made here, but what is needed for it is written. */

declare(strict_types=1);

// As in OpenMage a var that cannot be written ends in status 500.
$list = @fopen(__DIR__ . '/var/resource_config.json', 'c');
if (flock($list, LOCK_EX | LOCK_NB)) {
    ftruncate($list, 0);
    fwrite($list, '{"media_directory": "media", "update_time": 3600}');
}
fclose($list);
http_response_code(404);
