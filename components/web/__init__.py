"""The pods that serve, and what they are configured with."""

from components.web.shop_config import ShopConfig, ShopConfigArgs
from components.web.web_tier import WebTier, WebTierArgs

__all__ = ["ShopConfig", "ShopConfigArgs", "WebTier", "WebTierArgs"]
