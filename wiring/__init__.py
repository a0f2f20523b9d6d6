"""Which setting becomes which argument: `args` in each module gives a component its own."""

from wiring import cache as cache
from wiring import certificate as certificate
from wiring import cluster as cluster
from wiring import common as common
from wiring import cron as cron
from wiring import database as database
from wiring import edge as edge
from wiring import frontend_cache as frontend_cache
from wiring import mail as mail
from wiring import media as media
from wiring import phpmyadmin as phpmyadmin
from wiring import record as record
from wiring import release as release
from wiring import shop_config as shop_config
from wiring import tenant as tenant
from wiring import web as web
