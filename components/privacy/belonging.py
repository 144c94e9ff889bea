"""Words for belief, politics, orientation, ethnicity and criminal records, and words that show that a person is
meant.
"""

from __future__ import annotations

from components.privacy.words import listed

SENSITIVE_LABEL = listed("""
religion, religious belief, religious affiliation, faith, denomination, ethnicity, ethnic origin, ethnic group, race
political affiliation, political opinion, political views, political party, party membership, sexual orientation
gender identity, criminal record, criminal history, prior convictions, convictions, trade union, union membership
union member, immigration status
konfession, religionszugehörigkeit, ethnische herkunft, politische meinung, politische einstellung
parteimitgliedschaft
politische zugehörigkeit, sexuelle orientierung, vorstrafe, vorstrafen, strafregister, gewerkschaft
gewerkschaftsmitgliedschaft, gewerkschaftszugehörigkeit, aufenthaltsstatus
religión, creencias religiosas, etnia, origen étnico, afiliación política, ideología, ideología política
orientación sexual, identidad de género, antecedentes penales, afiliación sindical, sindicato, situación migratoria
sexuality, registered party, party affiliation, nationality of origin, church, church membership
criminal convictions, conviction, background check, political leaning
race or ethnicity, gender, caste, tribe
bekenntnis, religiöses bekenntnis, kirchensteuermerkmal, kirchensteuer, kirchenzugehörigkeit, glaube, sexualität
partei, parteizugehörigkeit, führungszeugnis, ethnie, volkszugehörigkeit, herkunft
culte, confession, croyance, croyances, orientation sexuelle, sexualité, origine ethnique
opinion politique, opinions politiques
parti politique, affiliation politique, casier judiciaire, condamnations, condamnation, syndicat, adhésion syndicale
credo, creencia, orientación, partido, condenas
interested in, sexual preference, dbs check, dbs, criminal background
voting intention, voted for, votes for, works council, trade union membership, membership of a trade union
ethnic background
skin colour, skin color, nationality at birth, religious beliefs, belief, beliefs, religion or belief
place of worship, political interests, visa status, asylum status, refugee status, offence
offences, offense, arrest record, probation, sexual history, marital history, gender at birth, pronouns
konfessionszugehörigkeit, glaubensrichtung, religionsgemeinschaft, gemeindezugehörigkeit, interessiert an
sexuelle präferenz, geschlechtsidentität, ethnischer hintergrund, wahlabsicht, wahlverhalten, gewerkschaften
betriebsrat
straftaten, verurteilung, verurteilungen, ordnungswidrigkeiten, asylstatus, weltanschauung, kirchenaustritt
conviction religieuse, convictions religieuses, confession religieuse, appartenance religieuse, pratique religieuse
attiré par, intéressé par, intéressée par, préférence sexuelle, identité de genre, intention de vote
appartenance syndicale, engagement politique, antécédents judiciaires, statut de réfugié, demande d'asile
confesión, confesión religiosa, práctica religiosa, creencias, interesado en, interesada en, preferencia sexual
origen racial, raza, intención de voto, condena, antecedentes, estatus migratorio, asilo
organisation syndicale, organisations syndicales, cotisation syndicale, délégué syndical, union dues, union dues to
dues to, union name, name of union, gewerkschaftsbeitrag, mitglied in gewerkschaft, parteimitglied, parteimitglied bei
parteibuch, mitgliedschaft in parteien, cuota sindical, sindicatos, pueblo, pueblo o etnia, pueblo indígena
grupo étnico
equality monitoring, ethnic group, ethnicities, minority, minderheit, minorité, minoría, glaubensgemeinschaft, kirche
rito, iglesia, rite, obédience, orientación política, voto, partido político, color político, tendance politique
appartenance politique, étiquette politique, religionsunterricht, religious dietary, religiöse speisevorschriften
which party, welche partei, quel parti, qué partido, do you identify as, identify as
volksgruppe, volksgruppenzugehörigkeit, ethnische zugehörigkeit, fühlen sie sich zugehörig, abstammung
muttersprache und herkunft
ethnic heritage, cultural background, cultural heritage, ancestry, race/ethnicity, hispanic or latino
tribal affiliation
aboriginal, aboriginal or torres strait islander, iwi, first nations, indigenous status, racial origin
race or ethnic origin
autoidentificación étnica, pertenencia étnica, se identifica, con qué grupo, ascendencia, appartenance ethnique
certificado de penales, certificado de antecedentes, certificado de antecedentes penales, delitos
extrait de casier, extrait de casier judiciaire, bulletin n° 3, police certificate, police check, police clearance
disclosure certificate, criminal record check, unspent convictions, spent convictions, polizeiliches führungszeugnis
meal request, special meal, religious diet, sonderessen, menüwunsch, comida especial, menú especial, repas spécial
baptism certificate, taufschein, taufbescheinigung, partida de bautismo, certificat de baptême, konfirmation in
church tax, religion for tax, religious observance
religiöse feiertage, religious holidays, fiestas religiosas, zugehörigkeit zu einer religion, steuermerkmal konfession
asylum claim, asylum case, leave to remain, duldung, aufenthaltsgestattung, immigration history
situation au regard du séjour
political donations, political activity, politische betätigung, actividad política, activité politique
mandat syndical
gewerkschaftlich organisiert, member of a union, union rep, works council member, betriebsratsmitglied
delegado sindical
lgbtq+, lgbt, do you consider yourself, which of these best describes, se considera, vous considérez vous, coming out
""")
BELONGING = listed("""
muslim, jew, jewish, christian, catholic, protestant, hindu, buddhist, sikh, atheist, gay, lesbian, bisexual
transgender
homosexual, communist, socialist, convicted felon, ex convict, asylum seeker, refugee, undocumented immigrant
union member, union organiser, union organizer, roma, mormon, jehovah's witness
muslimin, jude, jüdin, jüdisch, katholik, katholikin, katholisch, evangelisch, schwul, lesbisch, bisexuell
vorbestraft, buddhistin, asylbewerber, asylbewerberin, kommunist, kommunistin, gewerkschaftsmitglied, atheistin
parteimitglied
musulmán, musulmana, judío, judía, católico, católica, evangélico, evangélica, hindú, budista, lesbiana, transgénero
refugiado, refugiada, solicitante de asilo, comunista, ateo, atea, gitano, gitana, sindicalista
pansexual, asexual, queer, trans, nonbinary, non binary, sunni, shia, shiite, quaker, methodist, anglican
orthodox, evangelical, hindus, zoroastrian
pansexuell, asexuell, nichtbinär, muslimisch, buddhistisch, hinduistisch, freikirchlich, sunnitisch, alevitisch
schiitisch, römisch-katholisch, orthodox, atheistisch, konfessionslos
catholique, protestant, protestante, musulman, musulmane, juif, juive, bouddhiste, hindou, hindoue, athée
sunnite, chiite, orthodoxe, évangélique
gay, homosexuel, homosexuelle, lesbienne, bisexuel, bisexuelle, asexuel, asexuelle, pansexuel, pansexuelle
transgenre, communiste, réfugié, réfugiée, sans papiers, syndiqué, syndiquée
demandeur d'asile, gitan, gitane, suní, chií, mormón, testigo de jehová, asexual, budistas, católicos
baptist, lutheran, presbyterian, pentecostal, adventist, mennonite, amish, episcopalian, unitarian, calvinist
coptic, ahmadi, sufi, alevi, ismaili, hasidic, jain, taoist, shinto, wiccan, pagan, agnostic, humanist
scientologist, bahá'í, baha'i, druze, yazidi, rastafarian, russian orthodox, greek orthodox, serbian orthodox
eastern orthodox, roman catholic, born again, african american, afro caribbean, latina, latino, hispanic
baptistisch, baptist, baptistin, lutherisch, reformiert, mennonitisch, adventistisch, neuapostolisch, altkatholisch
griechisch-orthodox, russisch-orthodox, serbisch-orthodox, koptisch, jesidisch, agnostisch, calvinistisch
zeuge jehovas, zeugin jehovas, methodistisch, anglikanisch, pietistisch, altkatholisch, queer, trans, intersexuell
luthérien, luthérienne, baptiste, calviniste, adventiste, pentecôtiste, copte, mormon, mormone, témoin de jéhovah
agnostique, maronite, sikh, alévi, ismaélien, non binaire, pansexuel
luterano, luterana, bautista, presbiteriano, pentecostal, adventista, anglicano, anglicana, ortodoxo, ortodoxa
copto, copta, agnóstico, agnóstica, sij, no binario, no binaria, homosexual, bisexual, gay, sin papeles
protestante, chiita, sunita, judíos
islam, judaism, christianity, buddhism, hinduism, sikhism, catholicism, muslima, muslime, moslem, judentum
christentum, hinduismus, buddhismus, judaïsme, christianisme, catholicisme, judaísmo, cristianismo, catolicismo
budismo, romani, sinti, sinto, sintiza, kurdish, kurd, kurdisch, kurde, kurdin, sorbisch, sorbe, sorbin, black british
black african, black caribbean, mixed race, mixed heritage, biracial, bangladeshi, pakistani heritage, british asian
irish traveller, traveller community
native american, cherokee, navajo, inuit, māori, maori, aboriginal, métis, first nations, latinx, hispanic american
asian american
russlanddeutsch*, spätaussiedler*, deutschtürk*, türkischstämmig, afrodeutsch*, jesidin, jeside, tscherkess*
person of colour
afrodescendiente, mestizo, mestiza, indígena, quechua, aymara, mapuche, magrebí, de etnia gitana, afroespañol*
mulato, mulata
maghrébin*, kabyle, berbère, tzigane, manouche, antillais, antillaise, d'origine *, of * descent, de origen *
de ascendencia *
ev.-luth., ev. luth., evang., röm. kath., röm.-kath., r.k., rk, kath., isl., freireligiös, opus dei, on bail
on parole, auf bewährung, en libertad condicional, liberté conditionnelle, ex offender
ex prisoner, vorbestraft, undocumented, stateless, apatride, apátrida, staatenlos, geduldet, halal, kosher, koscher
casher, kósher, socialist party, anarchist, anarchistin, anarquista, marxist, marxistin, ultra orthodox
demisexual, intersex, gender fluid, genderfluid, bigender, two spirit, polyamorous, transsexuell, transexual
transsexuel*
""")
BEING = listed("""
konfession, bekenntnis, religion, religión, confession, glaube, faith, identify as, identifies, considers herself
considers himself
request, wunsch, menú, menu, meal, meals for, essen für, verpflegung, kirchensteuer, tax class, ethnicity, ethnie
etnia, is, am, i'm, was, as, being, became, came out as, identifies as, practising, practicing, devout, openly
converted to, ist, bin, war, als, gläubig*, praktizierend*, bekennend*, seit, es, soy, era, declara, practicante
she's, he's, are, are a, family, voter, sei, sind, geoutet, lebt
est, suis, étant, devenu, devenue, comme, converti, convertie, sommes, pratiquant, pratiquante, famille
somos, eres, está, familia, i am, raised, brought up, born and raised, grew up, has always been, dating as, lives as
bin ich, lebt als, aufgewachsen, erzogen, offen lebend, ich bin, wir sind, überzeugt*
je suis, élevé, élevée, ouvertement, croyant, croyante, de confession, d'origine
you're, you are, he's, they're, du bist, bist du, sie sind, tu es, vous êtes, eres, usted es, son, soy, he is, she is
vive como, vivo, criado, criada, abiertamente, se declara, declarado, declarada, creyente, de origen, siempre fue
""")
LOVES = frozenset(
    listed("""
bi, pan, hetero, heterosexual, heterosexuell, hétéro, straight, ace, aro, demi, demisexual, demisexuell, poly
polyamorous
polyamor, polyamoureux, polyamoureuse, poliamor, bicurious, bi curieux, bi curieuse, trans man, trans woman
trans mann
trans frau, homme trans, femme trans, hombre trans, mujer trans, enby, genderfluid, genderqueer, agender, intersex
""")
)
"""Single words for an orientation in a dating profile."""
DEEDS = listed("""
convicted of, convicted for, served time, sentenced to, arrested for, imprisoned for, jailed for, on parole
on probation for, voted for the, votes for the, member of the communist party, member of the socialist party
member of the green party
belongs to the * minority, attends the * church, attends the * mosque, attends the * synagogue
paid member of the * party
verurteilt wegen, vorbestraft wegen, saß im gefängnis, auf bewährung wegen, wählt die, mitglied der partei
mitglied der gewerkschaft, besucht die moschee, besucht die synagoge, gehört der * minderheit
condenado por, condenada por, detenido por, detenida por, en libertad condicional, vota al, votó al, votó a, milita en
afiliado al, afiliada al, afiliado a, afiliada a, pertenece a la minoría, acude a la mezquita, acude a la sinagoga
found guilty of, guilty of, conviction for, convictions for, pleaded guilty to, charged with
verurteilung wegen, vorstrafe wegen, angeklagt wegen, haft wegen, schuldig der, schuldig des
condamné pour, condamnée pour, condamnation pour, reconnu coupable de, reconnue coupable de, coupable de
incarcéré pour, incarcérée pour, condena por, culpable de, acusado de, acusada de
convicted * for, convicted * of, convicted in * of, sentenced * for, sentenced in * for, in prison for, prison for
in jail for, jail for
jailed * for, caution for, cautioned for, on remand for, on bail for, arrested * for, arrested in * for, fined for
charged * with
accused of, wanted for, released after serving * for, years for, months for, probation for, community service for
vorstrafen wegen, verurteilt zu * wegen, im gefängnis wegen, in haft wegen, bewährung wegen, bewährungsstrafe wegen
festgenommen wegen
ermittlungsverfahren wegen, geldstrafe wegen, anzeige wegen, verdächtigt des, verdächtigt der, beschuldigt des
beschuldigt der, wegen des verdachts auf, freiheitsstrafe wegen, haftstrafe wegen
condamné * pour, condamnée * pour, condamné en * pour, condamnée en * pour, en prison pour, prison pour
poursuivi pour, poursuivie pour
mis en examen pour, mise en examen pour, garde à vue pour, sursis pour, arrêté pour, arrêtée pour, interpellé pour
interpellée pour, vote pour, vote pour le, a voté pour
condenado * por, condenada * por, condenado en * por, condenada en * por, condenados por, preso por, presa por
en prisión por, cárcel por
multado por, multada por, imputado por, imputada por, procesado por, procesada por, detenido * por, detenida * por
investigado por, investigada por, antecedentes por, delito de, denunciado por, denunciada por
""")
PARTY = listed("""
labour, labour party, conservative, conservatives, tory, tories, green party, greens, republican, republicans
republican party, democrat, democrats, democratic party, libertarian
snp, plaid cymru, ukip, reform uk, lib dem, lib dems, liberal democrats, sinn féin, green
spd, cdu, csu, fdp, afd, die linke, linken, linke, grünen, grüne, npd, bsw, piraten, fpö, övp, spö, svp
psoe, partido popular, vox, podemos, sumar, izquierda unida, ciudadanos, junts, erc, bildu
ps, parti socialiste, parti communiste, pcf, les républicains, lr, rn, rassemblement national, front national
lfi, la france insoumise, modem, renaissance, eelv, les écologistes
communist party, socialist party, kommunistische partei
scottish national party, workers' party, workers party, national rally, liberal party, liberal democrat, reform party
christian democrats, social democrats, left party, independence party, freie wähler, volt, tierschutzpartei
die partei, grünliberale, werteunion, neos, kpö, dkp, mlpd, parti radical, place publique, reconquête, les verts, udi
pce, pnv, bng, más madrid, compromís, coalición canaria, upn, parti pirate, parti ouvrier
unison, gmb, unite the union, teamsters, afl cio, seiu, uaw, nasuwt, rmt, aslef, pcs union, cwu, siptu, forsa, fórsa
nea, ibew, ver.di, verdi, ig metall, ig bau, gew, dgb, igbce, ig bce, evg, ngg, gdp, marburger bund, ögb, unia
cgt, cfdt, force ouvrière, cfe cgc, cftc, unsa, fsu
ugt, ccoo, cc. oo, cc.oo, csif, comisiones obreras, unión general de trabajadores, unión sindical obrera, uso
labor, labor party, the nationals, one nation, fine gael, fianna fáil, democratic unionist party, dup, sdlp, liberals
prospect, usdaw, rcn, bma, ucu, neu, nut, community union, unite, verdi, gdl, beb, vlb, vbe, dbb, komba, sud
solidaires
snes, cgc, confédération paysanne, eln, esk, lab, ela, cig, stec, anpe, les verts, horizons, modem, debout la france
bündnis 90, bündnis sahra wagenknecht, linkspartei, freie demokraten, sozialdemokraten, christdemokraten
écologiste, écologistes, insoumis
bündnis 90/die grünen, bündnis 90/die, esquerra republicana, esquerra, eh bildu, junts per catalunya, en comú podem
adelante andalucía, se acabó la fiesta, nueva canarias
unión del pueblo navarro, bloque nacionalista galego, geroa bai, teruel existe, unidas podemos, nuevas generaciones
partido socialista
alba party, alliance party, people before profit, aontú, social democrats, women's equality party, young labour
young conservatives
co operative party, restore britain, your party, green party of england, democratic socialists, dsa
working families party, maga
die basis, ödp, bayernpartei, ssw, piratenpartei, familienpartei, bierpartei, junge union, jusos, junge liberale
grüne jugend
linksjugend, glp, evp, die mitte, juso, grüne schweiz, bündnis deutschland, mera25, kommunisten, sozialistische partei
npa, lutte ouvrière, génération.s, les patriotes, parti communiste français, europe écologie
nouveau front populaire, socialiste
socialistes, communiste, jeunes républicains, mjs, socialista, socialistas, comunistas
unite union, bectu, fbu, nfu, nasuwt, pda union, ucatt, afscme, ufcw, iww, ilwu, opeiu, unite here
ig bergbau, transnet, deutscher beamtenbund, verband bildung und erziehung, syndicom, syna, vpod, gpa, younion
sud rail, sud santé, cfe-cgc, snuipp, cnt, intersindical, satse, amyts, simeg, usoc, sindicato médico
""")
MEMBERSHIP = listed("""
member, membership, voter, votes, voted, votes for, joined, registered, supporter, canvassed for
mitglied, parteibuch, parteimitglied, wählt, wählte, beigetreten, anhänger, anhängerin
membre, carte, adhérent*, adhère, militant*, milite, vote, a voté, encarté, encartée, sympathisant*
afiliad*, milita, militante, vota, votó, votante, carnet, simpatizante
pays dues, dues, joined the, shop steward, steward, branch secretary, donor, donated to, donation to
leafleting, canvasser, canvassing, campaigns for, votes for the, last voted
ist in der, ist bei der, bin in der, bin bei der, mitgliedsbeitrag, gewerkschafter, gewerkschafterin
vertrauensfrau, vertrauensmann, spende an, plakate, engagiert sich, aktiv in, aktiv bei
syndiqué*, cotise, cotisation, encartés, délégué, déléguée, don à, élu cgt, colle des affiches
miembro, cuota, delegado, delegada, donación a, simpatiza, afiliación, sindicado, sindicada, vota a
afiliado a, afiliada a, union card, ai voté, as voté, he votado, has votado
donation, spende, donación, wähle, wählen, voting, voto a, voto al
donativo, aportación, don mensuel, rep, union rep, representative, betriebsrat, betriebsrätin, gift to the
spendet an, hat gespendet, ai toujours voté, toujours voté, a adhéré
treasurer of, candidate for, stood for, kandidiert für, kandidat der, kandidatin der, ortsverein, ortsverband
kreisverband
candidato de, candidata de, concejal de, tesorero de, candidat du, candidate du, section locale, betriebsgruppe
union dues
""")
ACTIVE = listed("""
strike, strike pay, union rep, always voted, voting for, has voted, who has voted, elected rep, time off for
union dues
warnstreik, streik, streikgeld, seit * in der, seit * bei der, in der gewerkschaft, freigestellt, vertrauensperson
horas sindicales, crédito horario, huelga, liberado, liberada, afiliad*, sindical
grève, heures de délégation, délégation, syndical, avons voté, hemos votado, gewählt, gehört zur
""")
"""What named persons do for a party or a union."""
MANY = listed("""
members, its members, voters, mitglieder, anhänger, wähler, adhérents, militants, électeurs, miembros, afiliados
militantes, votantes
""")
"""Groups that newspapers write about, which are no single person."""
INSTITUTION = listed("""
church, churches, chapel, temple, mosque, synagogue, cathedral, cemetery, school, museum, parish, academy
centre, center, college, hospital, festival, art, history, calendar, wedding, market
kirche, kirchen, kirchengemeinde, gemeinde, akademie, friedhof, moschee, schule, krankenhaus, feiertag
kirchentag, verlag, kalender
église, chapelle, mosquée, cimetière, musée, école, collège, cathédrale, paroisse, histoire, fête, marché
iglesia, capilla, mezquita, cementerio, museo, colegio, parroquia, catedral, sinagoga, fiesta, escuela
students, community, communities, rights, pride, space, couples, parade, parents, studies, association, union of
league, council, bürgerrechte, akademien, bistum, erzbistum, fest, feste, droits, évêché, comunidad, derechos
asociación, obispado, colegios
""")
SENTENCED = listed("""
wegen * verurteilt, wegen * vorbestraft, wegen * angeklagt, wegen * verhaftet, wegen * im gefängnis, wegen * in haft
aus der kirche ausgetreten, kirche ausgetreten, left the church, quitté l'église, apostató, apostasía de
""")
ABOUT = listed("""
about me, bio, who i am, a bit about me, a little about me, looking for, profile, me in three words, über mich
wer ich bin
über uns beide, ich über mich, mein profil, profil, steckbrief, sobre mí, quién soy, un poco de mí, biografía, perfil
mi perfil, à propos de moi, qui suis je, mon profil, ma bio, en quelques mots, descripción, selbstbeschreibung
""")
"""Headings of a self-description."""
GIFT = listed("""
gift to, monthly gift, your gift, donation, donations, donated to, spende, spende an, monatliche spende, spendet
gespendet
donativo, donativo mensual, donación, aportación, don, don mensuel, dons, cotisation, mitgliedsbeitrag, membership fee
subscription, direct debit, lastschrift, domiciliación, contribution, beitrag, cuota
""")
"""Payments to a party."""
