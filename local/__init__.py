"""The local stack: what starts and joins the parts on one machine. Nothing here ships."""
