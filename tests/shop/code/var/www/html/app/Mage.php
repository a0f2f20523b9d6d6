<?php

/** A small shop that keeps OpenMage's contracts with its surroundings. It sells one thing. */

declare(strict_types=1);

foreach (['Cache', 'Connection', 'Config', 'Setup', 'App', 'User', 'Schedule', 'Session', 'Front'] as $part) {
    require_once BP . "/lib/{$part}.php";
}
// As in OpenMage: what a container adds is included before anything runs.
foreach (glob(BP . '/app/etc/includes/*.php') ?: [] as $file) {
    include_once $file;
}

final class Mage
{
    private static ?Mage_Core_Model_App $app = null;
    private static ?Mage_Core_Model_Config $config = null;
    private static ?bool $installed = null;

    /** Boots without applying any update. */
    public static function app(string $code = '', string $type = 'store', array $options = []): Mage_Core_Model_App
    {
        if (self::$app === null) {
            try {
                self::start($options['etc_dir'] ?? BP . '/app/etc');
                self::$config->init();
            } catch (Exception $error) {
                self::printException($error);
            }
        }
        return self::$app;
    }

    /** Serves one request: only here are updates applied, and only with a cold cache. */
    public static function run(string $code = '', string $type = 'store'): void
    {
        try {
            self::start(BP . '/app/etc');
            $updates = self::$config->node('global/skip_process_modules_updates') !== '1';
            self::$config->init($updates);
            Mage_Core_Model_Resource_Setup::applyAllDataUpdates();
            self::$config->show($code, $type);
            (new Front(self::$config))->dispatch();
        } catch (Exception $error) {
            self::printException($error);
        }
    }

    public static function getConfig(): Mage_Core_Model_Config
    {
        return self::$config;
    }

    public static function isInstalled(string $etc = BP . '/app/etc'): bool
    {
        if (self::$installed === null) {
            $xml = @simplexml_load_file("{$etc}/local.xml");
            $date = $xml ? (string) $xml->global->install->date : '';
            self::$installed = $date !== '' && strtotime($date) !== false;
        }
        return self::$installed;
    }

    /** Ends the process, as OpenMage does: with status 0 even on a command line. */
    public static function printException(Throwable $error): never
    {
        $reportData = [$error->getMessage(), $error->getTraceAsString()];
        require BP . '/errors/report.php';
        die();
    }

    public static function helper(string $name): object
    {
        return new class () {
            /** @return array<string, string> */
            public function getCacheTypes(): array
            {
                return ['config' => '', 'layout' => '', 'block_html' => '', 'collections' => ''];
            }
        };
    }

    public static function getModel(string $name): Mage_Admin_Model_User
    {
        return new Mage_Admin_Model_User();
    }

    private static function start(string $etc): void
    {
        self::$app = new Mage_Core_Model_App();
        self::$config = new Mage_Core_Model_Config($etc);
        self::$config->loadBase();
        self::$app->openCache();
    }
}
