"""Words that are no names though they have a capital, and the words that stand around names."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES: Final = _words(
    "mr mrs ms miss mx dr sir madam madame uncle aunt auntie aunty pastor imam sheikh father sister brother"
)
CALLED: Final = _words("called named name names known nickname nicknamed alias aka calls")
SPEECH: Final = _words(
    """
    said says told asked asks answered replied explained works worked lives lived sleeps slept spoke speaks
    wants wanted owns owned drives drove thinks thought knows knew owes answers mentioned agreed phoned texted
    cooks
    """
)
"""What people do and things hardly ever: the word before is somebody."""
ACTION: Final = SPEECH | _words(
    """
    came comes went goes looked looks seemed seems appeared appears gave gives showed shows runs arrived left
    met has had does did is was will would who whose feels felt paid pays collects brings brought sits sat
    stands stood opened closed
    """
)
"""What people and things do: the word before is somebody if it does not begin the sentence."""
BEFORE_A_NAME: Final = _words(
    """
    with to by and for met saw asked told is was that when where as because but if then so spoke called named
    boss owner manager worker woman man girl boy friend cousin husband wife partner daughter son brother sister
    driver helped visited know knows knew about like says said than of offered gave phoned rang texted
    """
)
BEFORE_A_PLACE: Final = _words("in at on near from the a an off into towards via through across behind opposite around")
SENTENCE_STARTERS: Final = _words(
    """
    the a an two three four five six seven eight nine ten several some many most all both one another other
    every each no none there here we he she they it i you this that these those on in at by from with after
    before during while when where what who why how if as and but so then today yesterday tonight last next
    since until our his her their its spoke met saw visited staff workers worker women woman men man people
    person children child police team owner manager someone somebody nobody everyone door doors front back
    upstairs downstairs inside outside has have had is was are were did does do may might can could should would
    will please also again still later earlier first second new old seen heard told asked left gave offered felt
    seemed looked noticed found due because although despite
    """
)
_CALENDAR: Final = """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december christmas easter eid diwali ramadan spring summer autumn winter bank
    holiday new year
"""
_PLACE_WORDS: Final = """
    road street lane avenue drive close crescent court place terrace way gardens grove walk row hill square mews
    parade rise croft park green heath wood woods field fields farm bridge canal river station junction island
    cross centre center retail industrial estate trading business unit works yard wharf market hall house church
    mosque temple gurdwara school college university hospital surgery clinic library airport motorway services
    ring roundabout north south east west upper lower great little central city town village borough county end
    bank common moor lodge block tower flat flats floor room hotel inn pub arms bar club restaurant takeaway
    kitchen cafe grill pizza chicken kebab nail nails beauty salon spa barber barbers hair massage car wash
    valet garage tyre tyres shop store stores supermarket mart superstore off licence news post office warehouse
    factory laundry launderette bakery butchers
"""
_PLACES: Final = """
    birmingham wolverhampton coventry dudley walsall sandwell solihull midlands britain england wales scotland
    ireland london manchester liverpool leeds bristol leicester nottingham derby stoke staffordshire
    worcestershire warwickshire shropshire handsworth aston nechells bordesley digbeth edgbaston erdington
    harborne balsall sparkbrook sparkhill ladywood selly oak northfield longbridge smethwick bromwich oldbury
    tipton rowley regis halesowen stourbridge brierley bilston willenhall wednesbury wednesfield bloxwich
    aldridge brownhills sutton coldfield castle vale chelmsley kingshurst hodge washwood saltley alum rock small
    yardley acocks sheldon hay mills kings heath moseley stirchley cotswold brandwood perry barr lozells newtown
    hockley jewellery quarter bull ring foleshill hillfields radford tile canley binley wyken poland romania
    albania bulgaria hungary slovakia lithuania latvia vietnam china india pakistan bangladesh nigeria ghana
    eritrea ethiopia somalia sudan iran iraq syria turkey kurdistan ukraine russia portugal spain brazil
    thailand philippines europe africa asia moldova afghanistan france germany italy
"""
_PEOPLES: Final = """
    english british polish romanian albanian bulgarian hungarian slovak czech lithuanian latvian vietnamese
    mandarin cantonese chinese hindi punjabi gujarati tamil urdu bengali sylheti pashto dari arabic kurdish
    sorani farsi persian turkish yoruba igbo twi tigrinya amharic somali portuguese spanish brazilian thai
    tagalog ukrainian russian roma romani irish welsh scottish european african asian indian pakistani french
    german italian christian muslim sikh hindu catholic
"""
_BODIES: Final = """
    police council nhs social services modern slavery exploitation helpline salvation army women's womens aid
    citizens advice red crescent national referral mechanism home department ministry children's childrens adult
    safeguarding hub multi-agency partnership trust foundation charity fire service ambulance gangmasters labour
    abuse authority crimestoppers barnardo's barnardos nspcc unseen hope justice medaille anawim waymark google
    whatsapp facebook instagram snapchat tiktok telegram youtube amazon deliveroo uber eats tesco asda aldi lidl
    sainsbury's morrisons greggs mcdonald's kfc ford vauxhall transit audi bmw mercedes volkswagen toyota vivaro
    sprinter astra corsa environmental health trading standards inspector officer sergeant constable pc dc ds di
    dci pcso detective operation team lead referral duty key first responder
"""
_OTHERS: Final = """
    i i'm i've i'd i'll mr mrs ms miss dr covid wifi cctv tv id uk gp okay ok yes no hello hi thanks thank
    polite god english esol brp nrm ni sim visa covid-19 monday's friday's
"""
NOT_NAMES: Final = _words(_CALENDAR + _PLACE_WORDS + _PLACES + _PEOPLES + _BODIES + _OTHERS)
"""What keeps capitalised words from being taken for a name."""
