"""The demo centre's catalogue: invented, plausible, and read through the same cells as a file. Its numbers ring nobody, as those of
``people/demo_people.py``; only the short codes of public utilities are real, and the demo's trunk reaches no network."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.catalogue import directory
from callcenter.catalogue.records import save
from callcenter.catalogue.store import TableStore
from callcenter.catalogue.stores import stores
from callcenter.db.catalogue_tables import service
from callcenter.db.tables import agent, department, district, member
from callcenter.settings import Settings
from callcenter.sheets.cells import Dialling, read_cell
from callcenter.sheets.sheet import Row
from callcenter.today import today_in

LOCK = 7_220_260_114
YEAR = "2026-01-01"

# ref | name | English | category | price | unit | standards | process | for whom | minutes | special | supplies
_SERVICES = """
FW001|家庭保洁|Housekeeping|家政保洁|40|小时|两人一组,自带工具;地面、厨房、卫生间无污渍、无积水|电话确认时间→持单上门→老人验收签字→回访|持养老服务卡的老人|120|否|鞋套、清洁剂、抹布
FW002|擦玻璃|Window cleaning|家政保洁|6|平方米|内外两面,三层以上系安全绳|约定时间→上门看现场→作业→验收|持卡老人|90|否|安全绳、玻璃刮
FW003|油烟机清洗|Range-hood cleaning|家政保洁|90|台|拆洗滤网和叶轮,试机无异响|预约→拆洗→试机→验收|持卡老人|90|否|专用清洗剂
FW004|被褥拆洗|Bedding laundry|家政保洁|25|件|上门取送,三日内送回,消毒烘干|取件登记→清洗→送回→签收|独居或行动不便的持卡老人||否|收纳袋
FW005|灭虫消杀|Pest control|家政保洁|120|次|使用低毒药剂,告知通风时间|预约→告知注意事项→作业→一周后回访|持卡老人|60|是|防护服、药剂
FW006|水电维修|Plumbing and electrics|维修|30|次|持证上岗,材料另计并先报价|听清故障→报价→上门→试用验收|持卡老人|60|否|工具箱、常用配件
FW007|下水道疏通|Drain clearing|维修|80|次|通后冲水三次不堵,七日内复堵免费|上门看现场→报价→疏通→冲水验收|持卡老人|60|否|疏通机、胶垫
FW008|家电维修|Appliance repair|维修|50|次|上门费含检测,换件先报价|登记型号故障→上门检测→报价→维修|持卡老人|90|是|检测表、绝缘手套
FW009|开锁换锁|Locksmith|维修|100|次|核对身份证和住址,社区人员在场|核实身份→公安备案单位上门→换锁|本人或监护人在场|30|是|身份核对表
FW010|适老化改造|Home adaptation|维修|||安装扶手、防滑垫、夜灯,先入户评估|入户评估→方案和报价→家属签字→施工→验收|60 岁以上持卡老人||是|评估表、卷尺
FW011|午餐配送|Lunch delivery|配餐送餐|12|份|一荤一素一汤,11:30 前送到,保温|前一日 16 点前订餐→配送→签收|持卡老人||否|保温箱
FW012|晚餐配送|Dinner delivery|配餐送餐|12|份|低盐低油,17:30 前送到|当日 12 点前订餐→配送→签收|持卡老人||否|保温箱
FW013|糖尿病餐|Diabetic meals|配餐送餐|15|份|按营养师食谱,标明碳水含量|登记病情→营养师确认→配送|有诊断证明的持卡老人||否|保温箱
FW014|代购日用品|Shopping for groceries|代购代办|10|次|按单购买,凭小票结算,两小时内送到|登记清单→垫付购买→送货→凭票结算|持卡老人|90|否|购物袋、零钱
FW015|代取药|Collecting medicine|代购代办|10|次|核对处方和药名,当面点清|核对处方→取药→当面点清签收|行动不便的持卡老人|90|是|处方袋
FW016|代缴水电费|Paying bills|代购代办|5|次|当日缴清,交回票据|登记户号金额→缴费→交回票据|持卡老人|60|否|登记本
FW017|陪同就医|Company to the doctor|陪护照料|35|小时|一人一陪,代挂号、取药、记医嘱|预约→上门接→就诊→送回→向家属转告医嘱|持卡老人|240|是|轮椅、病历袋
FW018|上门理发|Haircut at home|陪护照料|20|次|工具一客一消毒|预约→上门→理发→清扫|行动不便的持卡老人|40|否|消毒工具、围布
FW019|助浴|Bathing help|陪护照料|80|次|两人操作,先测血压,水温 38–40 度|评估→家属同意→测血压→助浴→观察 20 分钟|经评估适合的持卡老人|90|是|防滑垫、血压计、浴椅
FW020|居家照护|Home care|陪护照料|45|小时|持证护理员,按照护计划记录|入户评估→照护计划→上门→记录|失能、半失能老人|120|是|护理记录本
FW021|夜间陪护|Night care|陪护照料|260|夜|20:00–次日 8:00,每两小时巡视|评估→签约→值夜→交接记录|术后或突发情况的持卡老人|720|是|护理记录本、手电
FW022|量血压测血糖|Blood pressure and sugar|陪护照料|0|次|社区护士每周上门,结果记入健康档案|预约→测量→记录→异常即报|70 岁以上独居老人|20|否|血压计、血糖仪
FW023|聊天陪伴|Company and talk|陪护照料|0|次|志愿者每周一次,每次约一小时|匹配志愿者→上门→记录心情和需求|独居老人|60|否|
FW024|手机使用辅导|Help with mobile phones|其他帮助|0|次|教会接打电话、视频、防诈骗|预约→上门辅导→留操作卡片|60 岁以上老人|60|否|操作卡片
FW025|法律咨询|Legal advice|其他帮助|0|次|律师每周三到站,重大事项转法律援助|预约→面谈或电话→记录→转介|60 岁以上老人|30|否|
FW026|搬运重物|Carrying heavy things|其他帮助|30|次|两人作业,易碎品先拍照|登记物品楼层→上门→搬运→验收|持卡老人|60|否|手套、绑带
FW027|租借轮椅|Wheelchair hire|其他帮助|5|天|消毒后借出,押金 200 元|登记→检查→借出→归还验收|持卡老人||否|登记本
"""
# ref | name | kind | number | district | address | hours | remarks
_KEY_NUMBERS = """
DH001|书香园小区物业|小区物业|0797-1000201|书香园小区|书香园小区1栋1楼|全天|维修、门禁、停车找值班员
DH002|绵江花苑物业|小区物业|0797-1000202|绵江花苑|绵江花苑南门|7:30–22:00|夜间由保安室转
DH003|象湖新村物业|小区物业|0797-1000203|象湖新村|象湖新村8栋|全天|
DH004|沙洲坝家园物业|小区物业|0797-1000204|沙洲坝家园|沙洲坝家园3栋|全天|电梯困人按此号
DH005|红井路片区物业|小区物业|0797-1000205|红井路|红井路66号|8:00–20:00|老旧小区托管
DH006|市人民医院急诊|医院|0797-1000211||绵江路12号|全天|卒中、胸痛中心
DH007|市人民医院总机|医院|0797-1000212||绵江路12号|8:00–17:30|挂号、住院查询
DH008|市中医院|医院|0797-1000213||红都大道88号|全天|骨伤科夜间有值班
DH009|市第二人民医院|医院|0797-1000214||象湖大道5号|全天|
DH010|红井社区卫生服务中心|社区卫生|0797-1000221|红井路|红井路20号|8:00–18:00|家庭医生、上门换药
DH011|象湖社区卫生服务站|社区卫生|0797-1000222|象湖新村|象湖新村12栋|8:00–18:00|
DH012|象湖派出所|派出所|0797-1000231|象湖新村|八一南路33号|全天|走失老人先报此处,同时打 110
DH013|红井派出所|派出所|0797-1000232|红井路|红井路9号|全天|
DH014|沙洲坝派出所|派出所|0797-1000233|沙洲坝家园|金都大道101号|全天|
DH015|供电抢修|供电|95598|||全天|报户号或详细住址
DH016|供电所值班室|供电|0797-1000241||八一南路71号|全天|
DH017|自来水抢修|供水|0797-1000242||绵江路55号|全天|爆管、停水
DH018|燃气抢修|燃气|0797-1000243||金都大道19号|全天|闻到气味先关阀开窗,不要开关电器
DH019|市民服务热线|街道、民政|12345|||全天|政府各部门事务
DH020|象湖镇民政所|街道、民政|0797-1000251|象湖新村|象湖大道1号|工作日 8:30–17:30|高龄津贴、低保
DH021|书香园社区居委会|社区居委会|0797-1000252|书香园小区|书香园小区5栋|工作日 8:30–17:30|
DH022|消费者投诉热线|投诉、消协|12315|||全天|对服务单位的投诉(R-17)
DH023|惠民大药房|药店|0797-1000261|书香园小区|书香路3号|7:30–22:30|夜间可按铃购药
DH024|出租车约车台|交通出行|0797-1000262||汽车站|全天|可约无障碍车辆
DH025|消防救援站|消防|0797-1000263||金都大道2号|全天|火情直接打 119
"""
# ref | name | kind | owner | published | schedule | place | price | number | district | from | until | description
_RESOURCES = """
ZY001|太极拳班|老年大学课程|综合管理员 温晓|是|每周二、四 9:00–10:30|社区活动中心二楼|0|0797-1000301||2026-09-01|2027-01-15|零基础可学,穿宽松衣服
ZY002|书法班|老年大学课程|综合管理员 温晓|是|每周三 14:30–16:30|老年大学 203|60|0797-1000301||2026-09-01|2027-01-15|笔墨自备,学期收费
ZY003|智能手机班|老年大学课程|综合管理员 温晓|是|每周五 9:00–11:00|老年大学 105|0|0797-1000301||2026-09-01|2027-01-15|防诈骗、挂号、视频通话
ZY004|客家山歌合唱|老年大学课程|综合管理员 温晓|是|每周一 15:00–17:00|文化馆排练厅|0|0797-1000302||2026-09-01|2027-06-30|
ZY005|健康讲座|老年大学课程|综合管理员 温晓|是|每月第一个周六 9:00|红井社区卫生服务中心|0|0797-1000221|红井路|2026-01-01||高血压、糖尿病、防跌倒
ZY006|国画班(下学期)|老年大学课程|综合管理员 温晓|否|每周四 14:30|老年大学 203|60|0797-1000301||2027-03-01|2027-06-30|报名人数未定,暂不发布
ZY007|助老食堂(红井)|整合资源|资源整合部 罗丽|是|每日 11:00–13:00、17:00–18:30|红井路 22 号|10|0797-1000311|红井路|2026-01-01||凭服务卡优惠,可打包
ZY008|日间照料中心|整合资源|资源整合部 罗丽|是|工作日 8:00–17:30|象湖新村 2 栋一楼|30|0797-1000312|象湖新村|2026-01-01||午休、康复器材、文娱
ZY009|辅具租赁点|整合资源|资源整合部 罗丽|是|工作日 8:30–17:30|市民政局一楼||0797-1000313||2026-01-01||轮椅、助行器、护理床,押金另议
ZY010|法律援助中心|整合资源|资源整合部 罗丽|是|工作日 8:30–17:30|红都大道 6 号|0|0797-1000314||2026-01-01||赡养、房产、诈骗
ZY011|心理关爱热线|整合资源|资源整合部 罗丽|是|每日 9:00–21:00||0|0797-1000315||2026-01-01||志愿心理咨询师接听
ZY012|家庭助理 刘桂香|家庭助理|家庭助理部 邱梅|是|周一至周六|||14007973001|书香园小区|2026-03-01||做饭、保洁、会客家话
ZY013|家庭助理 张菊英|家庭助理|家庭助理部 邱梅|是|全天可约|||14007973002|象湖新村|2026-03-01||照护失能老人五年,持护理员证
ZY014|家庭助理 谢满秀|家庭助理|家庭助理部 邱梅|是|夜间|||14007973003||2026-05-01||夜间陪护
"""
# ref | name | services | districts | contact | number | address | from | until | state | why | remarks
_PARTNERS = """
DW001|安心家政服务部|FW001:38、FW002、FW003、FW004、FW005:110|书香园小区、红井路、绵江花苑|刘经理|0797-1000401|红井路18号|2026-01-01|2027-12-31|合作||
DW002|洁雅保洁公司|FW001、FW002:5、FW003:85||陈主管|0797-1000402|八一南路40号|2026-01-01|2026-12-31|合作||大面积保洁有优惠
DW003|老钟水电维修|FW006、FW007|书香园小区、红井路、绵江花苑、象湖新村|钟师傅|0797-1000403|书香路7号|2026-01-01||合作||持电工证
DW004|万家家电维修|FW006:35、FW008||赖师傅|0797-1000404|金都大道30号|2026-04-01|2027-03-31|合作||品牌授权
DW005|平安开锁|FW009||邹师傅|0797-1000405|象湖大道11号|2026-01-01|2027-12-31|合作||公安备案
DW006|红井助老食堂|FW011、FW012:11、FW013|书香园小区、红井路、绵江花苑|廖站长|0797-1000406|红井路22号|2026-01-01|2027-12-31|合作||
DW007|象湖配餐中心|FW011:13、FW012:13|象湖新村、八一南路|黄经理|0797-1000407|象湖新村2栋|2026-01-01|2026-12-31|合作||
DW008|康护居家护理站|FW017、FW019、FW020、FW021||邱护士长|0797-1000408|绵江路14号|2026-02-01|2028-01-31|合作||护理员均持证
DW009|银龄适老改造|FW010、FW027:4||温工|0797-1000409|红都大道61号|2026-06-01|2027-05-31|合作||
DW010|快手跑腿|FW014、FW015、FW016|书香园小区、沙洲坝家园|小罗|0797-1000410|金都大道8号|2025-01-01|2025-12-31|停用|合同到期未续,两次迟到|
"""
# ref | name | services | districts | number | state | why | remarks
_WORKERS = """
RY001|钟秀兰|FW001、FW004、FW018|书香园小区、红井路|14007975001|在岗||持家政服务员证
RY002|邱国香|FW001、FW018、FW023|象湖新村、八一南路|14007975002|在岗||会客家话、赣州话
RY003|赖水生|FW006、FW007、FW026||14007975003|在岗||持电工证
RY004|罗春梅|FW017、FW020、FW022|书香园小区、红井路、绵江花苑|14007975004|在岗||护理员,会测血糖
RY005|温志平|FW014、FW015、FW016、FW026||14007975005|在岗||有电动车
RY006|谢小芳|FW014、FW016、FW024|沙洲坝家园、金都大道|14007975006|在岗||
RY007|黄菊英|FW017、FW019、FW020、FW021||14007975007|在岗||护理员,可值夜
RY008|曾祥云|FW023、FW024、FW025||14007975008|在岗||退休教师
RY009|张建新|FW006、FW026|象湖新村|14007975009|停用|病休至年底|
"""
_NEIGHBOURS = {
    "departments": "叶坪社区养老服务部|0797-1000060|叶坪路3号|否|在用\n九堡社区养老服务部|0797-1000070|九堡大街15号|否|在用",
    "districts": "叶坪新区|叶坪社区养老服务部|叶坪路、马山岗|在用\n九堡镇|九堡社区养老服务部|九堡大街|在用",
}
_ORDER = {
    "services": (_SERVICES, "ref name name_en category price unit standards process eligibility minutes special supplies"),
    "key_numbers": (_KEY_NUMBERS, "ref name kind number district address hours remarks"),
    "resources": (
        _RESOURCES,
        "ref name kind owner published schedule place price number district valid_from valid_until description",
    ),
    "partners": (
        _PARTNERS,
        "ref name services districts contact number address contract_from contract_until active suspended_reason remarks",
    ),
    "workers": (_WORKERS, "ref name services districts number active suspended_reason remarks"),
    "departments": (_NEIGHBOURS["departments"], "name phone address ours active"),
    "districts": (_NEIGHBOURS["districts"], "name department places active"),
}


def demo_rows(store: TableStore, dialling: Dialling) -> list[Row]:
    """The demo's rows of a table, as its sheet reads them."""
    text, order = _ORDER[store.sheet.name]
    found = []
    for line in text.strip().splitlines():
        cells = dict(zip(order.split(), line.split("|"), strict=True))
        if store.sheet.name == "services":
            cells["valid_from"] = YEAR
        found.append({column.key: read_cell(cells.get(column.key, ""), column, dialling) for column in store.sheet.columns})
    return found


async def load_demo_catalogue(engine: AsyncEngine, settings: Settings) -> bool:
    """Load it beside the demo's members, once. True when it was loaded now."""
    known = stores(settings.time_zone)
    dialling = Dialling(settings.country, settings.area_code, today_in(settings.time_zone))
    async with engine.begin() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        is_demo = await connection.scalar(sa.select(member.c.id).where(member.c.external_ref.like("DEMO-%")).limit(1)) is not None
        by = await connection.scalar(sa.select(agent.c.id).where(agent.c.role == "administrator").limit(1))
        if not is_demo or by is None or await connection.scalar(sa.select(service.c.id).limit(1)) is not None:
            return False
        for noun in ("departments", "districts", "services", "key_numbers", "resources", "partners", "workers"):
            store = known[noun]
            rows = demo_rows(store, dialling)
            there = {store.sheet.key_of(row) for row in await store.read(connection)}
            await save(connection, store, [row for row in rows if store.sheet.key_of(row) not in there], "add", by)
        await connection.execute(sa.update(district).where(district.c.name == "书香园小区").values(places=["书香路", "书香园"]))
        await connection.execute(sa.update(department).where(department.c.name == "红井社区养老服务部").values(address="红井路6号"))
        await directory.fill(connection, known)
    return True
