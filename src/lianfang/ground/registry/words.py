"""What offices call the columns of their rosters 表头. Pure.

A column whose purpose nobody declared is left unread. Some have words of their own here, so that they are not even
looked at to guess: what people believe, have been, suffer from or complained about is no business of a register.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from lianfang.ground.registry.terms import Target

T = Target
REASONS = ("原因", "Reasons")  # the last column of the rows that we hand back, in either language

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
    "|车牌.*|微信.*|qq.*|邮箱|签字|签名|登记日期|填报日期|录入.*|来源|国籍|户口性质|更新时间|核实.*|原因|reasons)$"
)
# 户籍地址 says where somebody is registered, not behind which door they live.
ELSEWHERE = re.compile("户籍.*(地址?|住址|所在地|详址)|户口.*(地址|所在地)|身份证.*(地址|住址)|原住址|暂住证|单位地址")
# 户主姓名, 监护人电话, 房东手机: about somebody else than the person of the line.
SOMEBODY_ELSE = re.compile(
    "^(户主|家长|监护人|房东|业主|产权人|紧急联系人|紧急联系|联系人|联络人|配偶|父亲|母亲|子女|网格员|网格长|专职网格员|楼栋长|单元长"
    "|负责人|登记人|填报人|采集人|走访人|包保|责任人|挂钩|结对)"
)


class Vocabulary(NamedTuple):
    """What the columns of one kind of file are called."""

    titles: Mapping[str, tuple[Target, ...]]
    parts: tuple[tuple[str, tuple[Target, ...]], ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """What a column of such a file may be for."""
        return tuple(dict.fromkeys(target for targets in self.titles.values() for target in targets))

    def word(self, target: Target) -> str:
        """What such a column is usually called."""
        return next(title for title, targets in self.titles.items() if target in targets)

    def means_something(self, folded: str) -> bool:
        """Is this the title of a column that offices use, wanted or not?"""
        if not folded or len(folded) > 24:
            return False
        known = self.titles.get(folded) or NOT_OURS.search(folded) or NOT_NEEDED.match(folded)
        return bool(known or ELSEWHERE.search(folded)) or any(part in folded for part, _ in self.parts)


def _of(*lines: tuple[str, tuple[Target, ...]]) -> Mapping[str, tuple[Target, ...]]:
    return {title: targets for titles, targets in lines for title in titles.split()}


_IN_AREA = (
    ("社区 村 村社 社区/村 村/社区 所属社区 所在社区 社区名称 村居 行政村 居委会 村委会 community", (T.COMMUNITY,)),
    ("网格 所属网格 所在网格 网格名称 网格号 基础网格 grid", (T.GRID,)),
)
PEOPLE = Vocabulary(TITLES, PARTS)
AREAS = Vocabulary(
    _of(
        *_IN_AREA,
        ("片区 工作片 片 所属片区 片区名称 sector", (T.SECTOR,)),
        ("小区 小区名称 所属小区 楼盘 住宅小区 estate", (T.ESTATE,)),
        ("楼栋 幢 栋 楼栋号 幢号 楼号 楼栋名称 楼宇 building", (T.BUILDING,)),
        ("单元 单元号 门洞 entrance", (T.ENTRANCE,)),
        ("名称 区域名称 区域 name", (T.CALLED,)),
        ("编码 区域编码 代码 区域代码 网格编码 网格编号 社区编码 code", (T.CODE,)),
        ("上级 上级编码 上级区域 上级区域编码 上级名称 所属区域 parentcode parent", (T.PARENT,)),
        ("类别 区域类别 类型 区域类型 级别 kind", (T.KIND,)),
        ("走访顺序 顺序 walkingorder", (T.WALK,)),
        ("小区类型 小区类别 kindofestate", (T.ESTATE_KIND,)),
        ("出入口数 出入口 出入口数量 大门数 gates", (T.GATES,)),
        ("无物业 有无物业 nopropertycompany", (T.NO_PROPERTY_COMPANY,)),
    ),
    (
        ("网格名", (T.GRID,)),
        ("社区名", (T.COMMUNITY,)),
        ("小区名", (T.ESTATE,)),
        ("楼栋", (T.BUILDING,)),
        ("编码", (T.CODE,)),
    ),
)
ORGANISATIONS = Vocabulary(
    _of(
        *_IN_AREA,
        ("名称 单位 单位名称 组织 组织名称 机构 机构名称 部门 部门名称 队伍 队伍名称 企业名称 name", (T.CALLED,)),
        ("编码 代码 组织编码 机构编码 统一社会信用代码 信用代码 code", (T.CODE,)),
        ("上级 上级单位 上级组织 上级部门 主管单位 主管部门 隶属 所属单位 parent", (T.PARENT,)),
        ("类别 类型 单位类型 组织类型 性质 单位性质 kind", (T.KIND,)),
    ),
    (("单位名", (T.CALLED,)), ("组织名", (T.CALLED,)), ("上级", (T.PARENT,)), ("类型", (T.KIND,))),
)
PLACES = Vocabulary(
    _of(
        *_IN_AREA,
        ("名称 场所名称 场所 店名 店铺名称 商户名称 单位名称 企业名称 学校名称 门店名称 招牌 name", (T.CALLED,)),
        ("类别 类型 场所类型 场所类别 行业 业态 经营类别 kind", (T.KIND,)),
        ("地址 详细地址 场所地址 经营地址 店铺地址 住所 门牌 门牌号 位置 address", (T.ADDRESS,)),
    ),
    (("场所名", (T.CALLED,)), ("店名", (T.CALLED,)), ("地址", (T.ADDRESS,)), ("类型", (T.KIND,)), ("类别", (T.KIND,))),
)


# What offices call what a line is; the first word of each is the one we write.
def _kinds(**named: str) -> Mapping[str, str]:
    return {word: kind for kind, words in named.items() for word in (*words.split(), kind)}


AREA_KINDS = _kinds(
    division="行政区划 省 市 县 区", subdistrict="街道 镇 乡", sector="工作片 片 片区", community="社区 居委会",
    village="村 行政村", estate="小区", grid="网格", building="楼栋 幢 栋 楼", entrance="单元 梯",
)  # fmt: skip
ESTATE_KINDS = _kinds(
    modern="现代小区 商品房小区 商品房", old="老旧小区 老小区", open_street="开放式街巷 街巷", self_built="自建房",
    mixed_use="公寓大厦 公寓 大厦",
)  # fmt: skip
ORGANISATION_KINDS = _kinds(
    department="部门 机关 机关部门 政府部门 办事处 局 办 科 站 所 中心",
    institution="事业单位 学校 医院 卫生院 社区卫生服务中心",
    company="企业 公司", property_company="物业 物业公司 物业企业",
    team="队伍 工作队 志愿队 小组 队 组",
    committee="委员会 居委会 村委会", owners_committee="业委会 业主委员会",
    party_organisation="党组织 党委 党工委 党总支 党支部 党小组",
)  # fmt: skip
PLACE_KINDS = _kinds(
    shop="商店 店铺 超市 便利店 商铺 商场 零售", market="市场 农贸市场 菜场 集市 批发市场",
    restaurant="餐饮 餐馆 饭店 小吃 餐饮店",
    school="学校 幼儿园 中学 小学 培训机构 托育", clinic="诊所 药店 卫生室 门诊部 医疗机构",
    enterprise="企业 工厂 公司 厂房 规上企业",
    site="工地 建筑工地 在建工地", gate="出入口 卡口 大门", lodging="旅馆 宾馆 酒店 民宿 宿舍", other="其他",
    venue="文体娱乐 网吧 棋牌室 影院 健身房 图书馆 公园 文化礼堂 娱乐场所 公共场所",
)  # fmt: skip


AREA_WORDS = {kind: next(word for word, each in AREA_KINDS.items() if each == kind) for kind in AREA_KINDS.values()}


def kind_word(kinds: Mapping[str, str], kind: str) -> str:
    """What people call it."""
    return next(word for word, each in kinds.items() if each == kind)
