<?php

/**
 * The whole configuration of phpMyAdmin, in place of what its image would work out by itself:
 * one server, which nobody can change, and nobody gets in without the password of a user of it.
 */

declare(strict_types=1);

$cfg['blowfish_secret'] = trim((string) file_get_contents('/etc/openmage/phpmyadmin-secret/cookies'));

$cfg['Servers'][1] = [
    'host' => getenv('PMA_HOST'),
    'port' => getenv('PMA_PORT'),
    'auth_type' => 'cookie',
    'AllowNoPassword' => false,
    'AllowRoot' => false,
    'compress' => false,
];
if (getenv('PMA_SSL_CA')) {
    $cfg['Servers'][1] += ['ssl' => true, 'ssl_ca' => getenv('PMA_SSL_CA'), 'ssl_verify' => true];
}

$cfg['AllowArbitraryServer'] = false;
// Who leaves the desk for longer signs in again.
$cfg['LoginCookieValidity'] = 1440;
$cfg['LoginCookieStore'] = 0;
// The pod reaches the database and nothing else.
$cfg['VersionCheck'] = false;
$cfg['SendErrorReports'] = 'never';
// Its tables for bookmarks and the like would be tables among the shop's.
$cfg['PmaNoRelation_DisableWarning'] = true;
$cfg['ShowPhpInfo'] = false;
$cfg['TempDir'] = '/tmp';
$cfg['UploadDir'] = '';
$cfg['SaveDir'] = '';
