<?php

/**
 * Ends a build that would give an image that does not work. In the folder of the shop:
 *
 *     check.php php     whether PHP has all that OpenMage and this program want
 *     check.php shop    whether the shop can be built at all, with this PHP
 *     check.php code    whether Composer has put together what the program relies on
 *     check.php root    prints the folder that holds OpenMage
 */

declare(strict_types=1);

const EXTENSIONS = [
    'apcu', 'bcmath', 'ctype', 'curl', 'dom', 'exif', 'ftp', 'gd', 'hash', 'iconv', 'intl', 'json', 'libxml',
    'mbstring', 'mysqli', 'openssl', 'pcntl', 'pdo', 'pdo_mysql', 'posix', 'redis', 'simplexml', 'soap', 'spl',
    'tokenizer', 'xml', 'xmlreader', 'xmlwriter', 'xsl', 'zend opcache', 'zip', 'zlib',
];
const IMAGES = ['FreeType Support', 'GIF Create Support', 'JPEG Support', 'PNG Support', 'WebP Support'];
const OPENMAGE = 'openmage/magento-lts';
/** What OpenMage runs on without, and what local.xml and the program's own scripts name. */
const CODE = [
    'app/Mage.php' => 'OpenMage itself; extra.magento-root-dir in composer.json names its folder',
    'app/code/core/Mage/Core/Model/App.php' => 'OpenMage itself',
    'app/code/community/Cm/RedisSession' => 'sessions; colinmollenhour/magento-redis-session',
    'errors/503.php' => 'the error page',
    'get.php' => 'media files that are not there yet',
    'index.php' => 'the shop',
];
const CLASSES = [
    'Cm_Cache_Backend_Redis' => 'the cache; colinmollenhour/cache-backend-redis',
    'Monolog\Handler\StreamHandler' => 'logs; monolog/monolog',
];

$problems = match ($argv[1] ?? '') {
    'php' => php(),
    'shop' => shop(),
    'code' => code(),
    'root' => print (root() . "\n"),
    default => ['the step is one of: php, shop, code, root'],
};
if (is_array($problems) && $problems !== []) {
    fwrite(STDERR, 'This cannot become an image:' . "\n  - " . implode("\n  - ", $problems) . "\n");
    exit(1);
}

/** @return list<string> */
function php(): array
{
    $lacking = array_filter(EXTENSIONS, static fn ($name) => !extension_loaded($name));
    $problems = $lacking === [] ? [] : ['PHP lacks ' . implode(', ', $lacking)];
    $features = function_exists('gd_info') ? gd_info() : [];
    foreach (array_filter(IMAGES, static fn ($name) => !($features[$name] ?? false)) as $name) {
        $problems[] = "gd lacks {$name}";
    }
    if (!function_exists('ftp_ssl_connect')) {
        $problems[] = 'ftp lacks TLS';
    }
    return $problems;
}

/** @return list<string> */
function shop(): array
{
    foreach (['composer.json', 'composer.lock'] as $file) {
        if (!is_file($file)) {
            return ["the shop has no {$file}: give a folder with --build-context shop=FOLDER, or a git repository;"
                . ' a lock file makes every build of one commit the same'];
        }
    }
    $allowed = allowedPhp();
    if ($allowed !== null && !composerSaysThat(PHP_VERSION, $allowed)) {
        return ['OpenMage allows PHP ' . $allowed . ', and this is ' . PHP_VERSION . ': choose another PHP_VERSION'];
    }
    return [];
}

/** Returns OpenMage's own word; the shop itself may be OpenMage, or require it. */
function allowedPhp(): ?string
{
    $root = read('composer.json');
    foreach (read('composer.lock')['packages'] ?? [] as $package) {
        if ($package['name'] === OPENMAGE) {
            return $package['require']['php'] ?? null;
        }
    }
    return $root['require']['php'] ?? null;
}

function composerSaysThat(string $version, string $constraint): bool
{
    $program = trim((string) shell_exec('command -v composer'));
    if (is_file('/usr/share/php/Composer/autoload.php')) {
        // Debian takes Composer apart.
        require '/usr/share/php/Composer/autoload.php';
    } else {
        Phar::loadPhar($program, 'composer.phar');
        require 'phar://composer.phar/vendor/autoload.php';
    }
    return Composer\Semver\Semver::satisfies($version, $constraint);
}

/** @return list<string> */
function code(): array
{
    $problems = [];
    foreach (CODE as $path => $purpose) {
        if (!file_exists(root() . "/{$path}")) {
            $problems[] = "{$path} is not there: {$purpose}";
        }
    }
    if (!is_file('vendor/autoload.php')) {
        return [...$problems, 'vendor/autoload.php is not there: is vendor-dir set in composer.json?'];
    }
    require 'vendor/autoload.php';
    foreach (CLASSES as $class => $purpose) {
        if (!class_exists($class)) {
            $problems[] = "{$class} is not there: {$purpose}";
        }
    }
    // OpenMage's plugin downloads them, and does not report failures.
    if (is_dir('vendor/nnnick/chartjs') && !is_dir(root() . '/js/lib/chartjs')) {
        $problems[] = 'js/lib/chartjs is not there: openmage/composer-plugin could not download it; build again';
    }
    return $problems;
}

function root(): string
{
    return trim((string) (read('composer.json')['extra']['magento-root-dir'] ?? ''), './') ?: '.';
}

/** @return array<string, mixed> */
function read(string $file): array
{
    return json_decode((string) file_get_contents($file), true, 512, JSON_THROW_ON_ERROR);
}
