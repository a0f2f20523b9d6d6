<?php

/**
 * What OpenMage lacks in a container; it includes this file before its own code.
 * Classes are declared late: what they extend is known only after OpenMage's autoloader.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if ($class === 'OpenMage_Kubernetes_Purge') {
        require '/etc/openmage/purge.php';
    }
    if ($class === 'OpenMage_Kubernetes_Log') {
        /** Sends every log file of OpenMage to the container's log. */
        class OpenMage_Kubernetes_Log extends Monolog\Handler\StreamHandler
        {
            public function __construct(mixed $file, mixed $level = Monolog\Level::Debug)
            {
                parent::__construct('php://stderr', $level);
            }
        }
    }
    if ($class === 'OpenMage_Kubernetes_Cache_Tls') {
        /** Checks the certificate of the cache's server with a certificate authority of one's own. */
        class OpenMage_Kubernetes_Cache_Tls extends Cm_Cache_Backend_Redis
        {
            protected function _applyClientOptions(Credis_Client $client, ...$more)
            {
                $client->setTlsOptions(['cafile' => '/etc/openmage/cache-ca.pem']);
                return parent::_applyClientOptions($client, ...$more);
            }
        }
    }
    if ($class === 'OpenMage_Kubernetes_Db') {
        /** Gives up a connection that nobody answers: the next one finds the new primary. */
        class OpenMage_Kubernetes_Db extends Mage_Core_Model_Resource_Type_Db_Pdo_Mysql
        {
            protected function _getDbAdapterInstance($configArr)
            {
                // Seconds. PHP's 30 would hold every worker when a server goes; a lost packet is
                // sent again after one.
                $configArr['driver_options'] = [PDO::ATTR_TIMEOUT => 2] + $this->_driverOptions();
                return parent::_getDbAdapterInstance($configArr);
            }

            /** @return array<int, mixed> */
            protected function _driverOptions(): array
            {
                return [];
            }
        }
    }
    if ($class === 'OpenMage_Kubernetes_Db_Tls') {
        /** Encrypts the connection to the database, and checks the server's certificate. */
        class OpenMage_Kubernetes_Db_Tls extends OpenMage_Kubernetes_Db
        {
            protected function _driverOptions(): array
            {
                // PHP 8.5 finds fault with the old names; 8.4 brought the new ones.
                $names = class_exists('Pdo\Mysql') ? 'Pdo\Mysql::' : 'PDO::MYSQL_';
                return [
                    constant("{$names}ATTR_SSL_CA") => '/etc/openmage/database-ca.pem',
                    constant("{$names}ATTR_SSL_VERIFY_SERVER_CERT") => true,
                ];
            }
        }
    }
}, true, true);
