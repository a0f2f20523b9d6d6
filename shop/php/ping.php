<?php
/**
 * Asks php-fpm for its ping: `php ping.php PORT`. Ends with 0 when a worker of that pool answers.
 *
 * One FastCGI request by hand, because no web server is in this pod.
 */
declare(strict_types=1);

const VERSION = 1;
const BEGIN = 1;
const PARAMS = 4;
const STDIN_RECORD = 5;
const RESPONDER = 1;
const REQUEST = 1;
const SECONDS = 4;

function record(int $type, string $content): string
{
    return pack('CCnnCC', VERSION, $type, REQUEST, strlen($content), 0, 0) . $content;
}

function param(string $name, string $value): string
{
    return chr(strlen($name)) . chr(strlen($value)) . $name . $value;
}

$port = (int) ($argv[1] ?? 9000);
$socket = @stream_socket_client("tcp://127.0.0.1:$port", $code, $reason, SECONDS);
if ($socket === false) {
    fwrite(STDERR, "php-fpm does not listen on $port: $reason\n");
    exit(1);
}
stream_set_timeout($socket, SECONDS);
$params = param('SCRIPT_NAME', '/ping') . param('SCRIPT_FILENAME', '/ping')
    . param('REQUEST_METHOD', 'GET');
fwrite($socket, record(BEGIN, pack('nCx5', RESPONDER, 0))
    . record(PARAMS, $params) . record(PARAMS, '') . record(STDIN_RECORD, ''));
$answer = stream_get_contents($socket, 4096);
if ($answer === false || !str_contains($answer, 'pong')) {
    fwrite(STDERR, "php-fpm does not answer on $port\n");
    exit(1);
}
