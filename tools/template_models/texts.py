"""The texts in which `languages` counts pairs of bytes.

Each has the first articles of the Universal Declaration of Human Rights (United Nations, 1948; in
the public domain), some plain sentences, and frequent words.
"""

from __future__ import annotations

TEXTS = {
    "English": """
        All human beings are born free and equal in dignity and rights. They are endowed with reason
        and conscience and should act towards one another in a spirit of brotherhood. Everyone is
        entitled to all the rights and freedoms set forth in this Declaration, without distinction
        of any kind, such as race, colour, sex, language, religion, political or other opinion,
        national or social origin, property, birth or other status. Everyone has the right to life,
        liberty and security of person. No one shall be held in slavery or servitude. Good morning,
        how are you today? I would like a cup of coffee with milk, please. The weather is very nice
        and we are going for a walk along the river. What time does the next train leave? Thank you
        very much, that was a great help. the of and to in is that it was for on are with as his
        they be at one have this from or had by but some what there we can out other were all your
        when up use how said each she which their time will way about many then them would write
        like these her long make thing see him two has look more day could go come did my no most
        who over know than call first people may down side been now find any new work part take get
        place made where after back little only round man year came show every good me give our
        under name very through just form much great think say help low line before turn right too
        """,
    "French": """
        Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de
        raison et de conscience et doivent agir les uns envers les autres dans un esprit de
        fraternité. Chacun peut se prévaloir de tous les droits et de toutes les libertés proclamés
        dans la présente Déclaration, sans distinction aucune, notamment de race, de couleur, de
        sexe, de langue, de religion, d'opinion politique ou de toute autre opinion, d'origine
        nationale ou sociale, de fortune, de naissance ou de toute autre situation. Tout individu a
        droit à la vie, à la liberté et à la sûreté de sa personne. Nul ne sera tenu en esclavage ni
        en servitude. Bonjour, comment allez-vous aujourd'hui ? Je voudrais un café au lait, s'il
        vous plaît. Il fait très beau et nous allons nous promener au bord de la rivière. À quelle
        heure part le prochain train ? Merci beaucoup, c'était une grande aide. de la le et les des
        en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec ils son mais
        comme ou si leur y dont elle deux ses tout nous sa fait été aussi bien peut ces sans autre
        après même cette très faire on être avoir mon je tu vous lui où encore notre votre quand
        chez ans jour temps monde toujours moins rien alors jamais petit grand homme femme maison
        """,
    "German": """
        Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und
        Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen. Jeder hat
        Anspruch auf alle in dieser Erklärung verkündeten Rechte und Freiheiten, ohne irgendeinen
        Unterschied, etwa nach Rasse, Hautfarbe, Geschlecht, Sprache, Religion, politischer oder
        sonstiger Anschauung, nationaler oder sozialer Herkunft, Vermögen, Geburt oder sonstigem
        Stand. Jeder hat das Recht auf Leben, Freiheit und Sicherheit der Person. Niemand darf in
        Sklaverei oder Leibeigenschaft gehalten werden. Guten Morgen, wie geht es Ihnen heute? Ich
        hätte gern einen Kaffee mit Milch, bitte. Das Wetter ist sehr schön und wir gehen am Fluss
        spazieren. Wann fährt der nächste Zug? Vielen Dank, das war eine große Hilfe. der die und in
        den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er
        hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur
        oder aber vor zur bis mehr durch man sein wurde sei hatte kann gegen vom können schon wenn
        habe seine unter wir soll ich eines jahr zwei jahren diese dieser wieder keine uhr seiner
        worden will zwischen immer was sagte gibt alle seit muss doch jetzt drei neue damit bereits
        """,
    "Italian": """
        Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di
        ragione e di coscienza e devono agire gli uni verso gli altri in spirito di fratellanza. Ad
        ogni individuo spettano tutti i diritti e tutte le libertà enunciate nella presente
        Dichiarazione, senza distinzione alcuna, per ragioni di razza, di colore, di sesso, di
        lingua, di religione, di opinione politica o di altro genere, di origine nazionale o
        sociale, di ricchezza, di nascita o di altra condizione. Ogni individuo ha diritto alla
        vita, alla libertà ed alla sicurezza della propria persona. Nessun individuo potrà essere
        tenuto in stato di schiavitù o di servitù. Buongiorno, come sta oggi? Vorrei un caffè con
        latte, per favore. Il tempo è molto bello e andiamo a passeggiare lungo il fiume. A che ora
        parte il prossimo treno? Grazie mille, è stato un grande aiuto. di e il la che in a per è un
        del si non una da con sono le della i nel dei al come più ha alla gli ma anche questo o
        delle lo dal ci su se dalla suo era quello perché essere fra prima dopo anni loro cosa molto
        quando due stato tutto fatto ancora così senza poi ogni nella sua solo mio hanno fare bene
        dove qui oggi sempre casa giorno tempo uomo donna grande altro stesso quale chi noi voi lui
        """,
    "Portuguese": """
        Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e
        de consciência, devem agir uns para com os outros em espírito de fraternidade. Todos os
        seres humanos podem invocar os direitos e as liberdades proclamados na presente Declaração,
        sem distinção alguma, nomeadamente de raça, de cor, de sexo, de língua, de religião, de
        opinião política ou outra, de origem nacional ou social, de fortuna, de nascimento ou de
        qualquer outra situação. Todo o indivíduo tem direito à vida, à liberdade e à segurança
        pessoal. Ninguém será mantido em escravatura ou em servidão. Bom dia, como está hoje? Queria
        um café com leite, por favor. O tempo está muito bonito e vamos passear junto ao rio. A que
        horas parte o próximo comboio? Muito obrigado, foi uma grande ajuda. de a o que e do da em
        um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou
        ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem
        mesmo aos ter seus quem nas me esse eles estão você tinha foram essa num nem suas meu às
        minha têm numa pelos elas havia seja qual será nós tenho lhe deles essas esses pelas este
        fosse dele coisa dia tempo casa homem mulher ano vez bem mundo onde então agora ainda fazer
        """,
    "Spanish": """
        Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están
        de razón y conciencia, deben comportarse fraternalmente los unos con los otros. Toda persona
        tiene todos los derechos y libertades proclamados en esta Declaración, sin distinción alguna
        de raza, color, sexo, idioma, religión, opinión política o de cualquier otra índole, origen
        nacional o social, posición económica, nacimiento o cualquier otra condición. Todo individuo
        tiene derecho a la vida, a la libertad y a la seguridad de su persona. Nadie estará sometido
        a esclavitud ni a servidumbre. Buenos días, ¿cómo está usted hoy? Quisiera un café con
        leche, por favor. Hace muy buen tiempo y vamos a pasear junto al río. ¿A qué hora sale el
        próximo tren? Muchas gracias, ha sido una gran ayuda. de la que el en y a los se del las un
        por con no una su para es al lo como más o pero sus le ha me si sin sobre este ya entre
        cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque qué
        sólo han yo hay vez puede todos así nos ni parte tiene él uno donde bien tiempo mismo ese
        ahora cada e vida otro después te otros aunque esa eso hace otra gobierno tan durante
        siempre día tanto ella tres sí dijo sido gran país según menos mundo año antes estado quiero
        """,
}
