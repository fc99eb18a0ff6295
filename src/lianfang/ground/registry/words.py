"""What offices call the columns of their rosters 表头. Pure.

A column whose purpose nobody declared is left unread. Some have words of their own here, so that they are not even
looked at to guess: what people believe, have been, suffer from or complained about is no business of a register.
"""

import re
from collections.abc import Mapping

from lianfang.ground.registry.terms import Target

T = Target
REASONS = "原因"  # the last column of the rows that we hand back

YES = ("是", "√", "Y", "y", "有")
NO = ("否", "×", "N", "n", "无")
IF_YES: Mapping[str, str] = {"人户分离": "人户分离", "流动": "流动人口", "户主": "户主"}  # 是否…: 是

# Each title as compared (no spaces, brackets, colons), with what it may mean; content decides between several.
TITLES: Mapping[str, tuple[Target, ...]] = {
    title: targets
    for titles, targets in (
        ("社区 村 村社 社区/村 村/社区 所属社区 所在社区 社区名称 村居 行政村 居委会 村委会 居委", (T.COMMUNITY,)),
        ("网格 所属网格 所在网格 网格名称 网格号 网格编号 网格编码 基础网格", (T.GRID,)),
        ("住址 地址 现住址 现住地址 居住地址 居住地 家庭住址 家庭地址 详细地址 常住地址 实际居住地址 现居住地"
         " 现居住地址 房屋地址 居住详址 住所 房址 address", (T.ADDRESS,)),
        ("幢 栋 楼 幢号 栋号 楼号 楼栋 楼幢 楼栋号 幢/楼栋 楼栋/路名 座 楼宇 号楼 building", (T.BUILDING, T.ADDRESS)),
        ("单元 单元号 门洞 梯号 梯位", (T.ENTRANCE,)),
        ("室 室号 房号 房间号 房间 户室 室/门牌 户号室", (T.ROOM, T.ADDRESS)),
        ("门牌 门牌号 门牌号码 门号 房屋 房屋编号 room", (T.ROOM, T.ADDRESS)),
        ("户主/与户主关系 与户主关系 与户主的关系 和户主关系 户主关系 家庭关系 关系 成员关系 称谓 户主或与户主关系"
         " 是否户主 relation", (T.RELATION,)),
        ("姓名 名字 人员姓名 居民姓名 成员姓名 家庭成员 家庭成员姓名 居民 公民姓名 住户姓名 name", (T.NAME,)),
        ("性别 男女 sex gender", (T.SEX,)),
        ("证件类型 证件种类 证件类别 证件名称", (T.DOCUMENT_KIND,)),
        ("证件号码 证件号 证件编号 身份证 身份证号 身份证号码 身份证件号码 公民身份号码 公民身份证号码 公民身份证号"
         " 居民身份证号 居民身份证号码 身份号码 id idnumber", (T.ID_NUMBER,)),
        ("出生日期 出生年月 出生年月日 出生 生日 出生时间 birthday", (T.BORN_ON,)),
        ("手机号 手机 电话 联系电话 手机号码 电话号码 移动电话 联系方式 本人电话 联系手机 固定电话 座机 phone tel",
         (T.PHONE,)),
        ("户籍/居住类别 居住类别 人员类别 人口类别 人口类型 人口性质 居住类型 户口性质类别 人户分离 是否人户分离"
         " 流动人口 是否流动人口 人户状态 人户情况 居住状况 户籍类别", (T.RESIDENCE_KIND,)),
        ("户主", (T.RELATION,)),
    )
    for title in titles.split()
}  # fmt: skip

# Part of a longer title: 居民身份证件号码(18位), 本人联系手机号码. The first that fits decides.
PARTS: tuple[tuple[str, tuple[Target, ...]], ...] = (
    ("户主关系", (T.RELATION,)),
    ("身份证", (T.ID_NUMBER,)),
    ("身份号码", (T.ID_NUMBER,)),
    ("证件号", (T.ID_NUMBER,)),
    ("证件类", (T.DOCUMENT_KIND,)),
    ("手机", (T.PHONE,)),
    ("电话", (T.PHONE,)),
    ("出生", (T.BORN_ON,)),
    ("性别", (T.SEX,)),
    ("姓名", (T.NAME,)),
    ("网格", (T.GRID,)),
    ("社区", (T.COMMUNITY,)),
    ("住址", (T.ADDRESS,)),
    ("地址", (T.ADDRESS,)),
    ("楼栋", (T.BUILDING,)),
    ("幢", (T.BUILDING,)),
    ("单元", (T.ENTRANCE,)),
    ("门牌", (T.ROOM, T.ADDRESS)),
    ("房号", (T.ROOM,)),
    ("室号", (T.ROOM,)),
    ("人户分离", (T.RESIDENCE_KIND,)),
)

# No purpose is declared for any of this, in no incident and in no quiet time. It is not looked at.
NOT_OURS = re.compile(
    "民族|族别|宗教|信仰|教派|政治|党员|党派|党组织|党支部|入党|团员|信访|上访|访民|前科|刑满|刑释|犯罪|案底|涉毒|吸毒|戒毒"
    "|矫正|帮教|重点人|管控|稳控|维稳|风险等级|邪教|黑名单|失信|信用|积分|评分|星级|婚姻|婚否|婚育|结婚|离异|病史|疾病|病种"
    "|患病|慢病|健康|精神|残疾|血型|孕|生育|计生|人脸|照片|指纹|虹膜|基因|轨迹|收入|存款|银行"
)
# Of no use for the register, and known to be so.
NOT_NEEDED = re.compile(
    "^(序号|编号|号|no|备注|说明|户号|户编号|合计|人数|年龄|籍贯|原籍|学历|文化程度|职业|工作单位|单位|就业.*|兵役.*|服役.*"
    "|车牌.*|微信.*|qq.*|邮箱|签字|签名|登记日期|填报日期|录入.*|来源|国籍|户口性质|更新时间|核实.*|原因)$"
)
# 户籍地址 says where somebody is registered, not behind which door they live.
ELSEWHERE = re.compile("户籍.*(地址?|住址|所在地|详址)|户口.*(地址|所在地)|身份证.*(地址|住址)|原住址|暂住证|单位地址")
# 户主姓名, 监护人电话, 房东手机: about somebody else than the person of the line.
SOMEBODY_ELSE = re.compile(
    "^(户主|家长|监护人|房东|业主|产权人|紧急联系人|紧急联系|联系人|联络人|配偶|父亲|母亲|子女|网格员|网格长|专职网格员|楼栋长|单元长"
    "|负责人|登记人|填报人|采集人|走访人|包保|责任人|挂钩|结对)"
)


def means_something(folded: str) -> bool:
    """Is this the title of a column that offices use, wanted or not?"""
    if not folded or len(folded) > 24:
        return False
    known = TITLES.get(folded) or NOT_OURS.search(folded) or NOT_NEEDED.match(folded) or ELSEWHERE.search(folded)
    return bool(known) or any(part in folded for part, _ in PARTS)
