<?php

declare(strict_types=1);

chdir(dirname(__DIR__, 2));
require 'install.php';
