<?php

declare(strict_types=1);

/** A connection type of local.xml; a container may bring one of its own that extends this. */
class Mage_Core_Model_Resource_Type_Db_Pdo_Mysql
{
    /** @param array<string, mixed> $config */
    public function getConnection(array $config): PDO
    {
        $pdo = $this->_getDbAdapterInstance($config);
        empty($config['initStatements']) || $pdo->exec($config['initStatements']);
        return $pdo;
    }

    /** @param array<mixed> $configArr */
    protected function _getDbAdapterInstance($configArr)
    {
        [$host, $port] = explode(':', $configArr['host']) + [1 => '3306'];
        return new PDO(
            "mysql:host={$host};port={$port};dbname={$configArr['dbname']}",
            $configArr['username'],
            $configArr['password'],
            [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION] + ($configArr['driver_options'] ?? []),
        );
    }
}
