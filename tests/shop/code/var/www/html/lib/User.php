<?php

declare(strict_types=1);

/** An administrator. */
final class Mage_Admin_Model_User
{
    /** @var array<string, mixed> */
    private array $data = [];
    private int $id = 0;

    /** @param array<string, mixed> $data */
    public function setData(array $data): self
    {
        $this->data = $data;
        return $this;
    }

    /** @return list<string>|true */
    public function validate(): array|bool
    {
        $password = $this->data['new_password'];
        $strong = strlen($password) >= 14 && preg_match('/[a-z]/i', $password) && preg_match('/\d/', $password);
        return $strong ? true : ['Password must be at least of 14 characters, with letters and numbers.'];
    }

    public function setForceNewPassword(bool $force): self
    {
        return $this;
    }

    public function save(): self
    {
        $config = Mage::getConfig();
        $config->pdo()->prepare(
            "INSERT INTO {$config->table('admin_user')} (username, email, password, is_active) VALUES (?, ?, ?, 1)",
        )->execute([
            $this->data['username'],
            $this->data['email'],
            password_hash($this->data['new_password'], PASSWORD_DEFAULT),
        ]);
        $this->id = (int) $config->pdo()->lastInsertId();
        return $this;
    }

    /** @param list<int> $ids */
    public function setRoleIds(array $ids): self
    {
        $this->data['roles'] = $ids;
        return $this;
    }

    public function saveRelations(): void
    {
        $config = Mage::getConfig();
        foreach ($this->data['roles'] as $role) {
            $config->pdo()->prepare(
                "INSERT INTO {$config->table('admin_role')} (parent_id, role_type, user_id) VALUES (?, 'U', ?)",
            )->execute([$role, $this->id]);
        }
    }
}
