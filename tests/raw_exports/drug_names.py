"""How programs write drugs: generic, brand, transliteration, ATC code, with form, strength and maker."""

CSDMARD = {
    "methotrexate": [
        "甲氨蝶呤片",
        "MTX",
        "Methotrexate 2.5mg tab",
        "甲氨蝶呤片(信谊) 2.5mg*16片",
        "Trexall",
        "氨甲喋呤",
        "L04AX03",
    ],
    "leflunomide": [
        "来氟米特片（爱若华）",
        "Arava 20mg",
        "LEF",
        "leflunomide",
        "来氟米特片10mg*16",
        "L04AA13",
    ],
    "hydroxychloroquine": [
        "硫酸羟氯喹片(纷乐)",
        "HCQ",
        "Plaquenil 200 mg",
        "羟氯喹",
        "hydroxychloroquine sulfate",
    ],
    "sulfasalazine": ["柳氮磺吡啶肠溶片", "SASP", "Azulfidine EN-tabs", "sulphasalazine"],
    "iguratimod": ["艾拉莫德片", "艾得辛", "iguratimod 25mg"],
}
MECHANISM = {
    "adalimumab": "TNFi", "etanercept": "TNFi", "infliximab": "TNFi", "golimumab": "TNFi", "certolizumab": "TNFi",
    "tocilizumab": "IL6i", "sarilumab": "IL6i", "abatacept": "CTLA4Ig", "rituximab": "CD20",
    "tofacitinib": "JAKi", "baricitinib": "JAKi", "upadacitinib": "JAKi",
}  # fmt: skip
BIOLOGIC = {
    "adalimumab": [
        "修美乐",
        "阿达木单抗注射液（格乐立）",
        "Humira Pen 40 mg/0.4 mL",
        "adalimumab-adbm",
        "Imraldi",
        "安健宁 40mg",
    ],
    "etanercept": [
        "益赛普 25mg",
        "注射用重组人II型肿瘤坏死因子受体-抗体融合蛋白",
        "Enbrel 50mg",
        "安佰诺",
        "Benepali",
    ],
    "infliximab": ["类克 100mg", "英夫利昔单抗", "注射用英夫利西单抗", "Remsima", "infliximab-dyyb"],
    "golimumab": ["欣普尼", "Simponi 50mg", "戈利木单抗注射液"],
    "certolizumab": ["希敏佳", "赛妥珠单抗", "Cimzia 200mg"],
    "tocilizumab": ["雅美罗", "托珠单抗注射液80mg", "Actemra", "RoActemra 162mg"],
    "sarilumab": ["Kevzara 200mg", "萨瑞鲁单抗"],
    "abatacept": ["恩瑞舒", "Orencia ClickJect", "阿巴西普注射液"],
    "rituximab": ["美罗华 500mg", "汉利康", "利妥昔单抗注射液(达伯华)", "MabThera", "L01XC02"],
    "tofacitinib": ["枸橼酸托法替布片（尚杰）", "Xeljanz 5mg", "托法替尼", "L04AA29"],
    "baricitinib": ["艾乐明 4mg", "巴瑞克替尼", "Olumiant"],
    "upadacitinib": ["瑞福 15mg", "Rinvoq", "乌帕替尼缓释片"],
}
IMMUNOSUPPRESSANT = {
    "methotrexate": CSDMARD["methotrexate"],
    "azathioprine": ["硫唑嘌呤片", "AZA", "Imuran 50mg", "依木兰"],
    "cyclophosphamide": ["注射用环磷酰胺0.2g", "CTX", "Endoxan"],
    "tacrolimus": ["他克莫司胶囊", "Prograf 1mg", "FK506", "普乐可复"],
    "ciclosporin": ["环孢素软胶囊(新赛斯平)", "Neoral", "cyclosporine A"],
    "mycophenolate": ["吗替麦考酚酯胶囊（骁悉）", "MMF", "CellCept 500 mg"],
}
GLUCOCORTICOID = {
    "prednisone": ["醋酸泼尼松片5mg", "强的松", "prednisone 5mg tab"],
    "methylprednisolone": ["甲泼尼龙片(美卓乐) 4mg", "Medrol"],
}
BESIDE = [
    "叶酸片 5mg", "碳酸钙D3片（钙尔奇）", "奥美拉唑肠溶胶囊20mg", "塞来昔布胶囊(西乐葆)", "阿托伐他汀钙片(立普妥)",
    "苯磺酸氨氯地平片(络活喜)", "盐酸二甲双胍片", "左氧氟沙星片", "流感疫苗", "Folic acid 5 mg", "Caltrate D",
    "Nexium 40mg", "celecoxib 200mg", "他克莫司软膏 0.1%", "糠酸莫米松乳膏", "布地奈德吸入气雾剂", "阿法骨化醇软胶囊",
    "复方磺胺甲噁唑片", "恩替卡韦分散片", "Euthyrox 50ug", "阿仑膦酸钠片(福善美)", "甘草酸二铵肠溶胶囊",
]  # fmt: skip
NOBODY_KNOWS = ["KX-2391", "试验用药A", "双盲药 B组", "ZP-77 注射剂"]
