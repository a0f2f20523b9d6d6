<?php

/** Stores that have a host of their own: their addresses, and in a new shop the stores themselves. */

declare(strict_types=1);

namespace OpenMage\Kubernetes;

/**
 * Sets the addresses of the stores that have a host of their own.
 *
 * @param list<array<string, string>> $stores
 */
function writeStores(Database $database, array $stores): void
{
    $table = $database->table('core_config_data');
    foreach ($stores as $store) {
        $id = idOf($database, $store) ?? throw new Failure(missingStore($database, $store));
        foreach (['unsecure', 'secure'] as $part) {
            $database->run(
                "INSERT INTO `{$table}` (scope, scope_id, path, value) VALUES (?, ?, ?, ?)"
                . ' ON DUPLICATE KEY UPDATE value = VALUES(value)',
                ["{$store['type']}s", $id, "web/{$part}/base_url", $store[$part]],
            );
        }
        say("{$store['type']} {$store['code']} is at {$store['secure']}");
    }
}

/** @param array<string, string> $store */
function idOf(Database $database, array $store): ?int
{
    [$table, $id] = storeTable($database, $store);
    $rows = $database->all("SELECT {$id} AS id FROM `{$table}` WHERE code = ?", [$store['code']]);
    return $rows === [] ? null : (int) $rows[0]['id'];
}

/**
 * @param array<string, string> $store
 * @return array{string, string} the table and its key
 */
function storeTable(Database $database, array $store): array
{
    return [$database->table("core_{$store['type']}"), "{$store['type']}_id"];
}

/** @param array<string, string> $store */
function missingStore(Database $database, array $store): string
{
    [$table] = storeTable($database, $store);
    $known = array_column($database->all("SELECT code FROM `{$table}` WHERE code <> 'admin'"), 'code');
    return "hosts.stores names the {$store['type']} {$store['code']}, which the shop does not have; it has "
        . implode(', ', $known) . ': make it in the admin area (System, Manage Stores), or correct the code';
}

/**
 * Makes store views and websites in a shop that has just been installed; in a shop that lives
 * people make them.
 *
 * @param list<array<string, string>> $stores
 */
function makeStores(Database $database, array $stores): void
{
    foreach ($stores as $store) {
        makeStore($database, $store);
    }
}

/** @param array<string, string> $store */
function makeStore(Database $database, array $store): void
{
    if (idOf($database, $store) !== null) {
        return;
    }
    $table = static fn (string $name): string => '`' . $database->table($name) . '`';
    [$website, $group] = mainWebsite($database);
    if ($store['type'] === 'website') {
        $database->run(
            "INSERT INTO {$table('core_website')} (code, name, sort_order, is_default) VALUES (?, ?, 10, 0)",
            [$store['code'], $store['code']],
        );
        $website = (int) $database->pdo->lastInsertId();
        $database->run(
            "INSERT INTO {$table('core_store_group')} (website_id, name, root_category_id)"
            . " SELECT ?, ?, root_category_id FROM {$table('core_store_group')} WHERE group_id = ?",
            [$website, $store['code'], $group],
        );
        $group = (int) $database->pdo->lastInsertId();
        $database->run(
            "UPDATE {$table('core_website')} SET default_group_id = ? WHERE website_id = ?",
            [$group, $website],
        );
    }
    $database->run(
        "INSERT INTO {$table('core_store')} (code, website_id, group_id, name, sort_order, is_active)"
        . ' VALUES (?, ?, ?, ?, 10, 1)',
        [$store['code'], $website, $group, $store['code']],
    );
    $id = (int) $database->pdo->lastInsertId();
    $database->run(
        "UPDATE {$table('core_store_group')} SET default_store_id = ?"
        . ' WHERE group_id = ? AND default_store_id = 0',
        [$id, $group],
    );
    say("{$store['type']} {$store['code']} made");
}

/** @return array{int, int} the default website and its default group */
function mainWebsite(Database $database): array
{
    $rows = $database->all(
        "SELECT website_id, default_group_id FROM `{$database->table('core_website')}` WHERE is_default = 1",
    );
    return [(int) $rows[0]['website_id'], (int) $rows[0]['default_group_id']];
}
