<?php

declare(strict_types=1);

/** Brings each module's tables and data to the version of the code, as core_resource remembers it. */
final class Mage_Core_Model_Resource_Setup
{
    private const TABLES = [
        'core_config_data' => 'config_id INT AUTO_INCREMENT PRIMARY KEY, scope VARCHAR(8), scope_id INT,'
            . ' path VARCHAR(255), value TEXT, UNIQUE (scope, scope_id, path)',
        'core_website' => 'website_id SMALLINT AUTO_INCREMENT PRIMARY KEY, code VARCHAR(32) UNIQUE,'
            . ' name VARCHAR(64), sort_order INT, default_group_id INT DEFAULT 0, is_default SMALLINT DEFAULT 0',
        'core_store_group' => 'group_id SMALLINT AUTO_INCREMENT PRIMARY KEY, website_id INT, name VARCHAR(255),'
            . ' root_category_id INT DEFAULT 0, default_store_id INT DEFAULT 0',
        'core_store' => 'store_id SMALLINT AUTO_INCREMENT PRIMARY KEY, code VARCHAR(32) UNIQUE, website_id INT,'
            . ' group_id INT, name VARCHAR(255), sort_order INT, is_active SMALLINT DEFAULT 0',
        'core_cache_option' => 'code VARCHAR(32) PRIMARY KEY, value SMALLINT',
        'admin_user' => 'user_id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(40) UNIQUE,'
            . ' email VARCHAR(128), password VARCHAR(255), is_active SMALLINT',
        'admin_role' => 'role_id INT AUTO_INCREMENT PRIMARY KEY, parent_id INT, role_type CHAR(1),'
            . ' user_id INT, role_name VARCHAR(50)',
        'cron_schedule' => 'schedule_id INT AUTO_INCREMENT PRIMARY KEY, job_code VARCHAR(255), status VARCHAR(7),'
            . ' messages TEXT, created_at DATETIME, scheduled_at DATETIME, executed_at DATETIME,'
            . ' finished_at DATETIME',
        'customer_entity' => 'entity_id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(255)',
        'sales_flat_order' => 'entity_id INT AUTO_INCREMENT PRIMARY KEY, token VARCHAR(64), created_at DATETIME',
    ];

    private static bool $schemaChecked = false;

    public static function applyAllUpdates(): bool
    {
        self::pdo()->exec(
            'CREATE TABLE IF NOT EXISTS ' . self::table('core_resource')
            . ' (code VARCHAR(50) PRIMARY KEY, version VARCHAR(50), data_version VARCHAR(50)) ENGINE=InnoDB',
        );
        self::each('version', static function (string $code, string $from): void {
            sleep((int) getenv('SHOP_MIGRATION_SECONDS'));
            if (getenv('SHOP_MIGRATION_FAILS') === ($from === '' ? 'install' : '1')) {
                throw new Exception("the update of {$code} from {$from} fails, as it was told to");
            }
            $code === 'core_setup' ? self::makeTables() : self::addNotes($from);
        });
        return self::$schemaChecked = true;
    }

    /** Does nothing unless the schema has been looked at in this process. */
    public static function applyAllDataUpdates(): void
    {
        if (!self::$schemaChecked) {
            return;
        }
        self::each('data_version', static function (string $code, string $from): void {
            if ($code === 'core_setup' && $from === '') {
                self::pdo()->exec(
                    'INSERT INTO ' . self::table('admin_role')
                    . " (role_id, parent_id, role_type, user_id, role_name) VALUES (1, 0, 'G', 0, 'Administrators')",
                );
                self::makeStores();
            }
        });
    }

    /** Calls for each module that is newer than the database, and notes its version then. */
    private static function each(string $column, callable $update): void
    {
        $table = self::table('core_resource');
        foreach ((array) Mage::getConfig()->children('global/resources') as $code => $resource) {
            $module = $resource['setup']['module'] ?? null;
            if ($module === null) {
                continue;
            }
            $version = Mage::getConfig()->node("modules/{$module}/version");
            $known = self::pdo()->prepare("SELECT {$column} FROM {$table} WHERE code = ?");
            $known->execute([$code]);
            $from = (string) $known->fetchColumn();
            if ($from === '' || version_compare($from, $version, '<')) {
                $update($code, $from);
                self::pdo()->prepare(
                    "INSERT INTO {$table} (code, {$column}) VALUES (?, ?)"
                    . " ON DUPLICATE KEY UPDATE {$column} = VALUES({$column})",
                )->execute([$code, $version]);
            }
        }
    }

    private static function makeTables(): void
    {
        foreach (self::TABLES as $name => $columns) {
            self::pdo()->exec('CREATE TABLE ' . self::table($name) . " ({$columns}) ENGINE=InnoDB");
        }
    }

    /** The admin area is a store too, with the number 0. */
    private static function makeStores(): void
    {
        $pdo = self::pdo();
        $pdo->exec("SET SESSION SQL_MODE = 'NO_AUTO_VALUE_ON_ZERO'");
        $pdo->exec('INSERT INTO ' . self::table('core_website')
            . " VALUES (0, 'admin', 'Admin', 0, 0, 0), (1, 'base', 'Main Website', 0, 1, 1)");
        $pdo->exec('INSERT INTO ' . self::table('core_store_group')
            . " VALUES (0, 0, 'Default', 0, 0), (1, 1, 'Main Website Store', 2, 1)");
        $pdo->exec('INSERT INTO ' . self::table('core_store')
            . " VALUES (0, 'admin', 0, 0, 'Admin', 0, 1), (1, 'default', 1, 1, 'Default Store View', 0, 1)");
        $pdo->exec("SET SESSION SQL_MODE = ''");
    }

    private static function addNotes(string $from): void
    {
        if ($from !== '') {
            self::pdo()->exec(
                'ALTER TABLE ' . self::table('sales_flat_order') . ' ADD COLUMN IF NOT EXISTS note VARCHAR(20)',
            );
        }
    }

    private static function pdo(): PDO
    {
        return Mage::getConfig()->pdo();
    }

    private static function table(string $name): string
    {
        return Mage::getConfig()->table($name);
    }
}
