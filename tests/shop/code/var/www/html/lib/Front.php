<?php

declare(strict_types=1);

/** Finds the page of a request. */
final class Front
{
    private readonly string $path;
    private readonly string $scheme;
    private readonly string $host;

    public function __construct(private readonly Mage_Core_Model_Config $config)
    {
        $uri = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
        $this->path = trim((string) preg_replace('#^/index\.php#', '', $uri), '/');
        $this->scheme = $this->isSecure() ? 'https' : 'http';
        $this->host = (string) $_SERVER['HTTP_HOST'];
    }

    public function dispatch(): void
    {
        [$first, $second] = explode('/', $this->path) + [1 => ''];
        if ($first === $this->config->node('admin/routers/adminhtml/args/frontName')) {
            $this->isAdminHost() ? $this->admin() : $this->missing();
            return;
        }
        if ($this->isElsewhere()) {
            header("Location: {$this->base()}{$this->path}", true, 302);
            return;
        }
        match (true) {
            $this->path === '' => $this->page('home'),
            $first === 'catalog' => $this->page('category'),
            $first === 'cart' => $this->cart($second),
            $first === 'checkout' && $second === 'place' => $this->order(),
            $first === 'orders' => $this->json(['orders' => $this->countOrders()]),
            default => $this->missing(),
        };
    }

    /** OpenMage believes all of these, whoever sends them. */
    private function isSecure(): bool
    {
        return ($_SERVER['HTTPS'] ?? '') === 'on'
            || ($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https'
            || ($_SERVER['SERVER_PORT'] ?? '') === '443'
            || !in_array($_SERVER['HTTP_SSL_OFFLOADED'] ?? '', ['', 'http'], true);
    }

    private function base(): string
    {
        $part = $this->scheme === 'https' ? 'secure' : 'unsecure';
        return $this->config->value("web/{$part}/base_url");
    }

    private function isElsewhere(): bool
    {
        return $this->config->value('web/url/redirect_to_base') === '1'
            && $_SERVER['REQUEST_METHOD'] !== 'POST'
            && $this->base() !== "{$this->scheme}://{$this->host}/";
    }

    private function isAdminHost(): bool
    {
        return $this->config->value('admin/url/use_custom') !== '1'
            || parse_url($this->config->value('admin/url/custom'), PHP_URL_HOST) === $this->host;
    }

    /** Costs about as much CPU as a page of OpenMage: 30 ms. */
    private function page(string $title): void
    {
        (new Session($this->config))->save();
        hash_pbkdf2('sha256', $title, 'salt', 25000);
        header('Cache-Control: no-store');
        echo "<html><title>{$title}</title><body>{$title} at {$this->base()}</body></html>";
    }

    private function cart(string $action): void
    {
        $session = new Session($this->config);
        if ($action === 'add') {
            $session->data['cart'][] = (string) ($_GET['sku'] ?? 'thing');
            $session->save();
        }
        $this->json(['cart' => $session->data['cart']]);
    }

    private function order(): void
    {
        $token = (string) ($_GET['token'] ?? '');
        $pdo = $this->config->pdo();
        $pdo->prepare("INSERT INTO {$this->config->table('sales_flat_order')} (token, created_at) VALUES (?, NOW())")
            ->execute([$token]);
        // Confirmed only now: what the visitor sees is in the database.
        $this->json(['order' => (int) $pdo->lastInsertId()]);
    }

    private function countOrders(): int
    {
        $table = $this->config->table('sales_flat_order');
        return (int) $this->config->pdo('default_read')->query("SELECT COUNT(*) FROM {$table}")->fetchColumn();
    }

    private function admin(): void
    {
        if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
            echo '<html><title>Log into Admin</title><form method="post"></form></html>';
            return;
        }
        $user = $this->config->pdo()->prepare(
            "SELECT password FROM {$this->config->table('admin_user')} WHERE username = ? AND is_active = 1",
        );
        $user->execute([(string) ($_POST['username'] ?? '')]);
        $known = password_verify((string) ($_POST['password'] ?? ''), (string) $user->fetchColumn());
        http_response_code($known ? 200 : 403);
        echo $known ? 'dashboard' : 'invalid user name or password';
    }

    private function missing(): void
    {
        require BP . '/errors/404.php';
    }

    /** @param array<string, mixed> $data */
    private function json(array $data): void
    {
        header('Content-Type: application/json');
        echo json_encode($data);
    }
}
