"""Given and family names that are common in Britain, by origin, as the check of free text knows them.

Written down from general knowledge for this project; no register, census or list of anybody's was copied. Family
names stand beside given names where the family name is often written first or used alone.
"""

from types import MappingProxyType
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BY_ORIGIN: Final = MappingProxyType(
    {
        "British and Irish": """
            aaron abigail adam alan albert alex alexander alfie alice alison amanda amelia amy andrea andrew
            angela anna anne anthony archie arthur barbara barry becky ben benjamin bernard beth bethany brian
            bridget bradley callum carl carol caroline catherine charlie charles charlotte chelsea cheryl chloe
            chris christine christopher ciara claire clare colin connor craig daniel darren dave david dawn
            deborah debbie declan denise derek diana donna dorothy doris dylan edward eileen elaine eleanor
            elizabeth ella ellie emily emma eric erin ethan evelyn finlay fiona frances freddie gareth gary
            gavin gemma geoff george georgia gerald gillian glenn gordon graham greg hannah harriet harry hayley
            hazel heather helen henry holly howard hugh ian imogen isabella isla jack jackie jacob jake james
            jamie jane janet janice jason jean jennifer jenny jeremy jessica jill jim jimmy joan joanna joanne
            joe john jonathan joseph josh joshua joyce judith julia julie karen kate katherine kathleen katie
            keith kelly ken kenneth kerry kevin kieran kirsty kyle laura lauren leah leanne lee leo lesley lewis
            liam linda lisa liz lorraine louise lucy luke lynn maddie malcolm margaret maria marie marion martin
            mary matthew maureen megan melissa michael michelle mick mike mohan molly nancy natalie natasha
            nathan neil niall nicholas nick nicola nigel noah nora norman oliver olivia oscar owen paddy pamela
            patricia patrick paul pauline peter phil philip phillip phoebe poppy rachel ralph rebecca rhys
            richard rob robert robin roger ronald ross roy russell ryan sally sam samantha samuel sandra sara
            sarah sean shannon sharon sheila shane shirley simon siobhan sophie stacey stanley stephanie stephen
            steve steven stuart susan suzanne tara terry theo theresa thomas tim timothy tina toby tom tony
            tracey tracy trevor tyler vanessa vera victoria vincent walter wayne wendy william yvonne zara zoe
            smith jones taylor williams davies evans thomas roberts johnson wilson robinson wright thompson
            hughes edwards jackson harris clarke patterson murphy kelly byrne ryan kavanagh o'brien o'connor
        """,
        "Polish": """
            agata agnieszka aleksandra andrzej aneta anna arkadiusz artur barbara bartek bartosz beata bogdan
            bozena czeslaw damian danuta dariusz dawid dominika dorota edyta ela elzbieta ewa ewelina filip
            gosia grazyna grzegorz halina henryk irena iwona jacek jadwiga jakub jan janusz jaroslaw jerzy
            joanna jolanta justyna kamil kamila karol karolina kasia katarzyna kinga krystyna krzysztof leszek
            lukasz maciej magda magdalena malgorzata marcin marek mariola mariusz marta mateusz michal miroslaw
            monika natalia pawel patrycja piotr przemyslaw radek radoslaw rafal renata robert ryszard sebastian
            slawomir stanislaw sylwia szymon tadeusz tomasz urszula waldemar wieslaw wojciech zbigniew zofia
            zuzanna nowak kowalski kowalska wisniewski wojcik kaminski lewandowski zielinski szymanski
        """,
        "Romanian and Moldovan": """
            adrian adriana alexandru alexandra alin alina ana andreea andrei anca bogdan camelia catalin
            catalina ciprian claudiu claudia constantin corina cornel cosmin costel cristi cristian cristina dan
            daniela denisa diana doina dorin dragos dumitru elena emil eugen felicia florentina florin florina
            gabriel gabriela george gheorghe georgiana horia ileana ilie ilinca ioana ion ionel ionela ionut
            irina iulian iuliana larisa laurentiu lavinia liviu loredana lucian luminita madalina marian mariana
            marius mihaela mihai mirela mircea mirabela monica nelu nicoleta nicolae nicusor octavian oana
            ovidiu paul petru petronela radu ramona razvan raluca roxana sabina sergiu silviu simona sorin
            sorina stefan stefania stelian tudor vali valentin vasile vasilica veronica victor violeta viorel
            viorica vlad popescu ionescu popa dumitru stan gheorghe rusu munteanu constantinescu ciobanu
        """,
        "Albanian": """
            agim agron albana alban albert alketa altin anila arben arber arbnor arben arian arjan armend artan
            arta bashkim besa besnik blerim blerina blerta bujar burim dardan donika dritan drita driton edlira
            edona elira endrit enkeleda ermal erion eriona fatmir fatos fisnik flamur florian flutura gentian
            gezim gjergj granit hamit hysen ilir ilira jeton jetmir kastriot klajdi klea klevis klodian kreshnik
            kujtim leonora lindita liridon liridona luan lule majlinda mirela mimoza mirlinda naim nertila
            ndricim pellumb petrit qendrim rinor rozafa saimir shkelzen shpend shpresa skender sokol taulant
            teuta valdet valon valmira vjosa xhevdet ylli zamira hoxha shehu krasniqi gashi berisha dervishi
        """,
        "Baltic and Bulgarian": """
            aivars andris arturas asta ausra daiva darius diana egle gintaras giedre ieva ilze inga ivars janis
            jolanta jonas jurgita juris justas karolis kestutis kristaps kristina laima laimonas lina linas liga
            mantas mindaugas nerijus odeta rasa raimonds ramunas rimantas ruta sandra saulius simonas tomas
            vaida valdis vilma virginija vytautas zane zivile asen bilyana boyan boyko daniela desislava dimitar
            emiliya georgi gergana hristo iliya ivan ivanka ivaylo kaloyan kiril krasimir krasimira lyubomir
            magdalena maria martin milena nadezhda nikola nikolay ognyan pavlina petar petya plamen radoslav
            radka rositsa rumen rumyana silvia snezhana stanimir stefka stoyan svetlana teodora todor tsvetan
            tsvetelina valentina vasil ventsislav vesela yana yordan yordanka zdravko kazlauskas jankauskas
            berzins ivanov ivanova georgiev dimitrov petrov
        """,
        "Czech, Slovak, Hungarian and Roma": """
            alzbeta andras attila balazs bela blanka bohumil csaba dana denisa dezider dusan erika eszter eva
            ferenc frantisek gabor gejza geza gyorgy gyula helena hana ildiko imre istvan ivana ivo jana janka
            janos jaroslav jarmila jiri jitka jolana jozef jozsef judit julius karel katalin katarina klara
            krisztina krisztian ladislav laszlo lenka libor lubos lucia lubomir ludmila maros marcela marketa
            martina matyas michaela mihaly milan miklos miroslav monika noemi ondrej orsolya pavel peter petr
            petra radim radka renata roland rudolf rozalia samuel sandor simona stefan szabolcs szilvia tamas
            tibor tunde vaclav viera viktoria vlasta vojtech zdenek zoltan zsofia zsolt zsuzsanna nagy kovacs
            toth szabo horvath balog lakatos novak svoboda novotny
        """,
        "Russian and Ukrainian": """
            aleksandr aleksei alyona anastasia anatoly andrey andriy anton artem bohdan boris daria denis dmitri
            dmitry dmytro ekaterina elena evgeny evgenia fedor galina gennady halyna igor ihor ilya inna irina
            iryna ivanna katya kateryna khrystyna kirill konstantin ksenia larisa leonid lesya lyubov lyudmila
            maksim maksym marina maryna mikhail mykhailo mykola nadia nastya natalia natalya nataliya nikita
            nikolai nina oksana oleg oleh oleksandr oleksiy olena olga olha ostap pavlo petro polina roman
            ruslan ruslana sergei serhiy sergey sofia solomiya stanislav svetlana svitlana taras tatiana tatyana
            tetyana timur vadim vadym valentyna valeria vasyl vera viktor vitaly vitaliy vladimir volodymyr
            vyacheslav yana yaroslav yevhen yulia yuri yuriy zhanna shevchenko kovalenko bondarenko tkachenko
            ivanenko petrenko
        """,
        "Vietnamese": """
            anh bao bich binh chau chi cuong dao dat diep dinh dong duc dung duong duy giang ha hai hang hanh
            hieu hien hoa hoai hoan hoang hoc hong hue hung huong huy huyen khai khanh khoa khoi kien kieu lam
            lan lien linh loan loc long luan luong ly mai manh minh my nam nga ngan nghia ngoc nguyet nhan nhi
            nhung phat phong phuc phuoc phuong quan quang quoc quy quyen quynh son tai tam tan thanh thao thi
            thien thinh thoa thu thuan thuy tien tin toan trang tri trinh trong truc trung truong tu tuan tuyen
            tuyet uyen van vinh vy xuan yen nguyen tran le pham huynh phan vu vo dang bui do ho ngo
        """,
        "Chinese": """
            aihua baozhu bin bing bo chao chen cheng chunhua dan dandan dong fang fei feng gang guang guiying
            guo guoqiang haiyan hao hong hongmei hua huan hui jian jianguo jianhua jie jing jinlong jun juan
            junjie kai lan lei lihua lijuan liping lixin ling long mei meihua meiling min ming na ning peng ping
            qiang qing qiu rong rui shan shuang shuying siu tao ting wei weiwei wen wenjing xia xiang xiao
            xiaohong xiaoli xiaoling xiaomei xiaoming xin xiu xiuying xue xuemei yan yang yanyan ying yong yu
            yuan yue yun zhen zheng zhi zhiqiang zhong li wang zhang liu zhao huang zhou wu xu zhu lin guo luo
            liang song tang cao deng feng zeng xie
        """,
        "Thai, Filipino and Malay": """
            achara anong apinya arthit chai chaiwat chanya duangjai kanya kanokwan kittisak lamai malai malee
            mali nattapong niran nok noi nong nuch orawan phailin pim ploy pornthip prasert ratana ratree
            saowalak sarawut siriporn somchai somporn somsak sudarat suda sukhon sunan supaporn suwit thaksin
            wanida waraporn wassana alfredo analyn angelito annabelle arnel arlene bayani bernadette cristina
            danilo divina dolores edgardo edwin emelita ernesto ferdinand glenda imelda jayson jenalyn jericho
            jocelyn jomar josefa jovelyn lorna lourdes luzviminda maricel marilou marites marivic melchor nenita
            noel perlita reynaldo rhea rizalina rodel rogelio romeo rosalinda rosario rowena teresita wilfredo
            aisyah azlan farah hafiz nurul siti zainab reyes santos
        """,
        "Punjabi, Hindi, Gujarati and Tamil": """
            ajay ajit amar amandeep amanpreet amarjit amit amrit anil anita anjali ankit arjun arun asha ashok
            avtar baldev balbir baljit balwinder bharat bhavesh chetan daljit davinder deepa deepak dharam dilip
            dinesh divya gagandeep ganesh gopal gurdeep gurjit gurmeet gurpreet gurvinder hardeep harjinder
            harjit harpreet harshad hemant hitesh inderjit jagdeep jagdish jasbir jaspreet jaswinder jatinder
            jayesh jyoti kalpana kamal kamaljit karamjit kavita kirandeep kiran krishna kulbir kuldeep kulwinder
            kumar lakhbir lakshmi lakhwinder lata mahesh malkit mandeep manish manjeet manjit manpreet meena
            meera mohit mukesh narinder navdeep naveen neha nikhil nirmal nisha nitin pankaj parminder paramjit
            parveen pooja prakash pradeep pravin preeti priya puja rahul raj rajesh rajinder rajiv rajwinder
            rakesh ram raman ramesh ranjit ravi ravinder rekha ritu rohit rupinder sandeep sanjay sanjeev
            sarbjit satnam satwinder savita seema shanti sharmila shilpa simran sita sohan sonia sukhdev sukhjit
            sukhpreet sukhwinder suman sunil sunita suresh surinder surjit swati tarlochan tejinder uma usha
            varinder vijay vikas vikram vinod vishal yogesh arumugam kavitha murugan selvi senthil suganthi
            thilaga vasanthi singh kaur patel sharma gupta shah desai mistry sandhu gill dhillon sidhu
        """,
        "Pakistani, Bangladeshi and Afghan": """
            aamir abdul abid adeel adnan aftab ahsan aisha akbar akhtar akram aleena ali amina amna anwar arif
            arshad asad asif asma atif ayesha azhar bilal bushra danish ehsan faisal faiza fahim farhan farida
            farooq fatima fauzia fazal ghazala ghulam habib hafsa haider hamid hamza haroon hasan hashim hina
            humaira hussain ibrahim imran imtiaz iqbal iram irfan ishaq ismail jameel jamila javed junaid kamran
            kashif khadija khalid khurram kulsoom mahmood maryam masood mehmood misbah moazzam mohammad mohammed
            muhammad mumtaz munir mushtaq nabeel nadeem nadia naeem naheed naila nargis nasir nasreen naveed
            nazia nighat noman noreen omar parveen qasim rabia rafiq rahim raheela rashid rashida razia rehana
            rizwan rubina rukhsana saba sabir sadia saeed saima sajid sajida saleem salim salma samina sana
            saqib sarfraz shabana shabir shafiq shahid shahida shahnaz shaista shakeel shamim shazia shehzad
            shoaib sidra sobia sohail sultana tahir tahira tariq tayyab ubaid umar usman waheed waqas waseem
            yasir yasmin yousaf yusuf zafar zahid zahida zainab zaheer zeeshan zubair zulfiqar abdur aminul
            anisur babul farzana habibur jahanara kamrul liton mahbub mizanur monir nasima nazma rahima rina
            rokeya ruksana runa salam selina shahin shirin shafiqul taslima ahmadzai gul karimi najib noorzai
            rahimi begum khan akhtar bibi chowdhury miah ahmed hossain uddin rahman malik butt qureshi
        """,
        "Arabic, Kurdish and Iranian": """
            abbas abdallah abdullah adel ahmad amal amir amira anas aram arash arezoo aso ayad ayman azad azadeh
            azita bahar bahram bakhtiar basim bassam behrouz behnaz dalal dana darya dilan dilshad diyar ehab
            elham faris farhad faten firas goran hadi hala hama hana hanan hassan hatem hawre hazhar hesham hiwa
            hoda houda hussein ihab iman jalal jamal jamil jawad kamal karim karwan karzan kaveh khaled khalil
            laila lamia latifa leila mahdi mahmoud majid malak maram marwan maryam masoud mehdi mina mohamed
            mohsen mona morteza mostafa mustafa nabil nader naima najwa narges nasrin nawzad niloofar noor nour
            omid osama parisa parvin payam rami rana rania rashad rasul rebaz rebwar reza rima rojin roya saad
            saber sahar said salah salar saman samir samira sanaa sardar sarkawt shadi shaima shilan shirin
            shwan siavash soran suhail sulaiman tarek wael walid wafa widad wissam yasser younes youssef zahra
            zana zanyar zeinab ziad hosseini karimi ahmadi
        """,
        "Turkish": """
            abdurrahman adem ahmet alper arzu asli asuman ayfer aylin aynur ayse aysel bahar baris berk bulent
            burak burcu cem cemal cengiz derya deniz dilek ebru elif emel emine emrah emre engin ercan erdal
            erdem erkan esra fadime fatih fatma ferhat filiz funda gokhan gonca gul gulay gulcan gulsen hakan
            halil hande hasan hatice huseyin ibrahim ilhan ismail kadir kemal kerem kenan kubra leyla levent
            mehmet melek meltem meral merve mesut metin murat musa mustafa nazli neslihan nevin nurcan okan onur
            orhan osman ozan ozge ozlem ramazan recep sabri seda selcuk selim sema semra serdar serhat serkan
            sevgi sevim sibel sinan songul suleyman tolga tuba tugba tulay turgut ufuk ugur ummuhan umit volkan
            yasemin yavuz yildiz yilmaz yunus zehra zeki zeynep kaya demir celik sahin ozturk aydin arslan dogan
        """,
        "West African": """
            abena abiodun abiola abosede ade adebayo adebola adeola aderonke adewale afia akosua akua akwasi
            amaka ama amara aminata amadou awa ayo ayodele babatunde bola bolanle bukola chiamaka chibuzo chidi
            chidinma chika chinedu chinonso chinwe chioma chukwuemeka comfort damilola efe efua ekene emeka esi
            esohe fatou fatoumata femi folake funke funmilayo ibrahima ifeanyi ifeoma ifunanya ikechukwu iyabo
            joy kayode kehinde kelechi kemi kofi kojo kwabena kwadwo kwaku kwame kwasi lamin mamadou mariama
            modupe moussa musa ngozi nkechi nnamdi nneka obinna ola oladipo olamide olu olumide olusegun
            oluwaseun onyeka osagie osas osaretin ousmane salimata seun sola tayo temitope titilayo tope tunde
            uche uchenna ugochukwu yaa yaw yemi yetunde yinka okafor okonkwo adeyemi mensah boateng owusu diallo
            okoro eze osei
        """,
        "East African": """
            abdi abdirahman abdirizak abdulahi abeba abel abraham abrahaley abrehet adanech ahlam alem almaz
            amanuel asha asmerom aster awet ayaan ayan bahja berhane bereket biniam birhan deqa desta daniat
            dahir eden elsa ermias eyob eyerusalem fadumo fardowsa fartun feven filmon freweini fikru genet
            ghenet girma habtom hagos hamdi haben helen henok hibo hiwot hodan ifrah ikram isaias ismahan
            kaltuma kibrom kidane khadra kebede letebrhan leul lidya liban lul mahad medhanie mehret mebrahtu
            meron merhawi mesfin mihret mikal million mulugeta muna nasra natnael nebiat negasi nimo rahel rahma
            robel ruta rishan sado sahra salem samrawit saba seble selam selamawit semhar senait senayt shewit
            simret solomon suad tadesse tekle tesfay tesfaye tewodros tigist tsegay tsehay warsame weldu winta
            yared yasin yohana yohannes yonas yordanos zebib zekarias mohamud hassan tesfamariam haile gebre
            mugisha nakato otieno wanjiru njeri achieng kamau
        """,
        "Portuguese, Spanish and Brazilian": """
            adriano alejandra alejandro alessandra alvaro ana antonio beatriz bruno caio camila carla carlos
            carmen catia cesar claudio conceicao cristiano daiane daniela diego diogo duarte edson eduardo
            eliane elisabete emanuel enrique esteban fabiana fabio felipe fernanda fernando filipa filipe
            francisca francisco gabriela giovanna gloria goncalo guilherme gustavo helena henrique hugo ines
            isabel javier jeferson joana joao joaquim jorge jose josefina juan juliana julio larissa leandro
            leonardo leticia ligia lorena lucas luciana luis luisa luiz luz manuel manuela marcela marcelo
            marcia marco marcos margarida mariana mario marisol mateus mauricio miguel miriam nuno pablo
            patricia paula paulo pedro pilar priscila rafael rafaela raimundo raquel regiane renato ricardo rita
            roberto rodrigo rogerio rosa rosana ruben rui sandro sergio silvana soraia sousa susana tatiane
            telma teresa thiago tiago vagner valeria vania vera vinicius vitor xavier yolanda silva santos
            oliveira pereira ferreira rodrigues garcia gonzalez martinez fernandes
        """,
    }
)

ALSO_WORDS: Final = _words(
    """
    abba ade adelaide alexandra ama amber an april art asha aster august autumn awa bahar baker bay bell bill
    bin bing black bo bob bola brook brown bush can carter chai chance charlotte chase chat chelsea chen chi
    clarke clay cliff comfort cook cooper crystal daisy dale dan dana dang daniels dao dat dawn day dean deep
    den deniz derby desk diamond do don dong drew dung earl eden efe esi eve faith fang fei fern flora florence
    ford forest frank gang gene georgia gill glen gloria glory golden grace grant gray green gul guy ha hai hall
    hana hand hang hardy harry hazel heath heather hill ho hong hope hunter iris ivy jack jade jasmine jean
    jewel jim job john joy june justice kamal kay kerry king kiran kit lake lam lamb lan lane lang lata laurel
    le lee lei lewis li liberty lie lily lin lincoln ling liu lo loan long lord love lucky lul luz ma mac mai
    mali malik man mann maria marina mark mary mason matt max may mei melek mercy mi miles million min mina mine
    ming mo moon muna my na nam nan near nick nina noi nok nong noor nor ola olive olu page paris park parkers
    pat patience peace pearl penny pilar ping pip pong price prince princess queen rain ram ray reed rice rich
    river rob robin rock roman rosa rose ross roy ruby rut saba sage said salem salim sally sam sana sandy
    santos savannah sea set shah shan shanti sit sky small smith so sol son song stan stanley star sterling
    storm sue summer sun sunny swan sydney tan tang tao taylor teal ted thai tide tim tin tom tony trang tri tu
    tudor turner van vera victor victoria victory violet wade walker warren way wei wen white will willow win
    winter wood woods wright wu yaa yan yang yen ying young yu zen
    """
)

"""Names that are words or places too: only with a title, a second name or words of speech are they taken for names."""

KNOWN: Final = frozenset().union(*(_words(names) for names in BY_ORIGIN.values()))
ALONE: Final = frozenset(name for name in KNOWN - ALSO_WORDS if len(name) > 3)
"""Names that are taken for one wherever they stand, even in small letters."""
