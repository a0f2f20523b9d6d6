#!/bin/sh
# Compiles the PHP extensions that an OpenMage shop wants and that PHP's image does not have.
# PHP's own ones are as old as PHP; what comes from PECL is pinned by version and checksum.
set -eu

pecl() {
  name=$1 version=$2 checksum=$3
  curl --fail --silent --show-error --location --retry 3 \
    --output "/tmp/$name.tgz" "https://pecl.php.net/get/$name-$version.tgz"
  echo "$checksum  /tmp/$name.tgz" | sha256sum -c -
  mkdir -p "/usr/src/php/ext/$name"
  tar -xzf "/tmp/$name.tgz" -C "/usr/src/php/ext/$name" --strip-components=1
  rm "/tmp/$name.tgz"
}

docker-php-source extract
pecl apcu 5.1.28 ca9c1820810a168786f8048a4c3f8c9e3fd941407ad1553259fb2e30b5f057bf
pecl redis 6.3.0 0d5141f634bd1db6c1ddcda053d25ecf2c4fc1c395430d534fd3f8d51dd7f0b5
docker-php-ext-configure gd --with-freetype --with-jpeg --with-webp
# FTP over TLS; the first name is PHP 8.3's, the second that of later ones.
docker-php-ext-configure ftp --with-openssl-dir=/usr --with-ftp-ssl
docker-php-ext-install -j"$(nproc)" \
  apcu bcmath exif ftp gd intl mysqli pcntl pdo_mysql redis soap xsl zip
docker-php-source delete
