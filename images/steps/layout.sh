#!/bin/sh
# Lays out what goes into the images, once Composer has put the shop together in this folder:
#   /layout/code      what PHP runs: OpenMage in html/, what else the project has beside it
#   /layout/static    what nginx serves, without PHP
#   /layout/writable  media and var: all that a shop writes to
#   /layout/own       what the shop has in .openmage/ for php, nginx and apache
# Arguments: the folder that holds OpenMage, the folders with static files, and for the tests
# another folder than /layout.
set -eu
root=$1 folders=$2 out=${3:-/layout}

mkdir -p "$out/own/apache" "$out/own/nginx" "$out/own/php" "$out/static/html" "$out/writable/var"
if [ -d .openmage ]; then
  cp -R .openmage/. "$out/own/"
fi

if [ "$root" = . ]; then
  mkdir "$out/code"
  cp -R . "$out/code/html"
else
  cp -R . "$out/code"
  mv "$out/code/$root" "$out/html"
  mv "$out/html" "$out/code/html"
fi

# What developers work with, and what one machine's shop must not give to another.
rm -rf "$out"/code/.[!.]* "$out"/code/node_modules
cd "$out/code/html"
rm -rf .[!.]* node_modules app/etc/local.xml cypress dev docs docs_includes tests var \
  install.php pub/default/install.php
mkdir -p app/etc/includes media
# OpenMage fills these itself, some of them with what belongs to customers.
for folder in captcha catalog css css_secure custom_options customer downloadable import js tmp; do
  rm -rf "media/$folder"
done
mv media "$out/writable/media"

for folder in $folders; do
  if [ -d "$folder" ]; then
    cp -R "$folder" "$out/static/html/"
  fi
done
find . -maxdepth 1 -type f \( -name '*.html' -o -name '*.ico' -o -name '*.png' -o -name '*.svg' \
  -o -name '*.txt' -o -name '*.webmanifest' -o -name '*.xml' -o -name manifest.json \) \
  -exec cp {} "$out/static/html/" ';'
find "$out/static" ! -type d \( -name '*.php' -o -name '*.phtml' -o -name '*.phar' -o -name '*.sh' \
  -o -name '*.sql' -o -name '*.sample' -o -name .htaccess \) -exec rm {} +

# Whatever umask the code was checked out with.
chmod -R u=rwX,go=rX "$out"
