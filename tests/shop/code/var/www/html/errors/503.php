<?php

declare(strict_types=1);

http_response_code(503);
echo 'Service Temporarily Unavailable';
