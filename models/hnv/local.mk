## models/hnv: policy records and the datapaths.
