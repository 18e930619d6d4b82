## models/fabric: switches and routers.
