<?php

declare(strict_types=1);

define('BP', dirname(__DIR__));
