"""Actor nouns: patterns for the bodies and people that can be asked to act, by language, and the names of states."""

import re

_NOUNS = {
    "es": (
        "gobiernos? estados? autoridad(?:es)? pa[íi]s(?:es)? naci(?:ón|ones) congresos? parlamentos? asambleas? senado cámaras? "
        "ministerios? ministr[oa]s? secretar[íi]as? secretari[oa]s? comisi(?:ón|ones) comités? consejos? cortes? tribunal(?:es)? "
        "juez jueces juzgados? fiscalías? fiscal(?:es)? procuradurías? procurador(?:es)? defensorías? defensor(?:es|as?)? "
        "contralorías? policías? ejércitos? fuerzas? agencias? organismos? organizaci(?:ón|ones) instituci(?:ón|ones) institutos? "
        "entidad(?:es)? empresas? empresari[oa]s? empleador(?:es|as?)? sector(?:es)? sociedad(?:es)? comunidad(?:es)? iglesias? "
        "partidos? movimientos? sindicatos? universidad(?:es)? academias? escuelas? municipios? municipalidad(?:es)? alcaldías? "
        "alcaldes? alcaldesas? gobernaci(?:ón|ones) gobernador(?:es|as)? departamentos? provincias? registradurías? superintendencias? "
        "consulados? embajadas? delegaciones actores grupos? rama(?:s)? banca bancos? donantes? socios agentes? funcionari[oa]s? "
        "servidor(?:es|as)? operador(?:es|as)? líderes lideresas museos? foros? oficinas? direcci(?:ón|ones) jurisdicci(?:ón|ones) procuradur[íi]a centros? fundaciones "
        "asociaci(?:ón|ones) cooperativas? colectivos? plataformas? coordinadoras? unidad(?:es)? sistema poder(?:es)? medios redes "
        "partes ong oscs? legislador(?:es|as)? reclutador(?:es|as)? copresidentes? presidencias? presidentes? cancillerías? gremios "
        "migrantes? trabajador(?:es|as|a)? personas? mujer(?:es)? hombres niñ[oa]s? adolescentes jóvenes padres madres refugiad[oa]s? "
        "víctimas? ciudadan[oa]s? participantes? usuari[oa]s? estudiantes? docentes? maestr[oa]s? periodistas? facilitador(?:es|as?)? "
        "equipos? entrevistador(?:es|as?)? profesional(?:es)? médic[oa]s? investigador(?:es|as?)? delegad[oa]s? representantes? "
        "miembros? integrantes? coordinador(?:es|as?)? responsables? consumidor(?:es|as?)? familias? diásporas? moderador(?:es|as?)? "
        "relator(?:es|as?)? pueblos? campesin[oa]s? excombatientes combatientes dirigentes "
        "(?!indicador|contador|computador|ordenador|generador|procesador|borrador|comparador|calculador)[^\\W\\d_]{3,}[aei]dor(?:es|as?)? "
        "(?:memor|especial|tall?er|econom|psic|anal|activ|period|jur|sindical)istas? psicólog[oa]s? secretarí[ao] monitor(?:es|as?)? tutor(?:es|as?)? autor(?:es|as)? ponentes "
        "director(?:es|as?)? rector(?:es|as?)? concejos? concejales mandatari[oa]s? jefes? jefas?"
    ),
    "en": (
        "governments? states? authorit(?:y|ies) countr(?:y|ies) nations? parliaments? congress assembl(?:y|ies) senate legislatures? "
        "ministr(?:y|ies) ministers? commissions? commissioners? committees? councils? courts? tribunals? judges? magistrates? "
        "prosecutors? police army military forces? agenc(?:y|ies) organi[sz]ations? institutions? institutes? bod(?:y|ies) "
        "entit(?:y|ies) compan(?:y|ies) business(?:es)? enterprises? employers? sector society societies communit(?:y|ies) church(?:es)? "
        "part(?:y|ies) unions? universit(?:y|ies) academia media municipalit(?:y|ies) cit(?:y|ies) mayors? governors? departments? "
        "offices? secretariat banks? donors? partners? stakeholders? actors? groups? officials? officers? leaders? judiciary justice "
        "ngos? ombudsman ombudsperson rapporteurs? teams? boards? providers? schools? members? delegations? legislators? lawmakers? "
        "policymakers? policy-makers? politicians? regulators? embass(?:y|ies) consulates? diasporas? agents? associations? "
        "foundations? networks? presidency president chairs? co-chairs? recruiters? forum federation republic kingdom union eu un "
        "migrants? workers? persons? people peoples women men children youth parents? refugees? victims? citizens? participants? "
        "users? students? teachers? journalists? doctors? physicians? professionals? facilitators? researchers? famil(?:y|ies) "
        "individuals? moderators? interviewers? representatives? experts? practitioners? consumers? lawyers? returnees"
    ),
    "fr": (
        "gouvernements? états? autorités? pays nations? parlements? congrès assemblées? sénat ministères? ministres? commissions? "
        "commissaires? comités? conseils? cours? tribunal tribunaux juges? magistrats? procureurs? parquet police armées? forces? "
        "agences? organisations? organismes? institutions? instances? instituts? entités? entreprises? sociétés? employeurs? secteurs? "
        "communautés? églises? partis? parties syndicats? universités? médias municipalités? communes? villes maires? collectivités? "
        "départements? préfets? préfectures? secrétariats? banques? bailleurs? donateurs? partenaires? acteurs? groupes? "
        "fonctionnaires? agents? établissements? responsables? sous-traitants? hébergeurs? opérateurs? fournisseurs? éditeurs? "
        "administrations? associations? ong écoles? médecins? pharmaciens? directeurs? directrices? prestataires? législateurs? "
        "professionnels? dirigeants? délégués? délégations réseaux plateformes? fondations? ambassades? consulats? diasporas? "
        "rapporteurs? présidents? présidence facilitateurs? animateurs? bureaux? services? banquiers? assureurs? bailleresse "
        "recruteurs? organisateurs? commerçants? notaires? huissiers? assureurs? transporteurs? exploitants? gestionnaires? propriétaires? bailleur locataires? vendeurs? annonceurs? développeurs? concepteurs? producteurs? distributeurs? expéditeurs? titulaires? héritiers? restaurants? hôtels? hôteliers? hôpita(?:l|ux) laboratoires? mairies? caisses? copropriétaires? candidats? créanciers? éducateurs? entrepreneurs? investisseurs? régions? provinces? gouverneurs? présidente? chef(?:fe)?s? équipes? coordinateurs? coordonnateurs? formateurs? "
        "migrants? travailleurs? personnes? femmes hommes enfants jeunes parents? réfugiés? victimes? citoyens? participants? "
        "internautes? utilisateurs? usagers? étudiants? enseignants? professeurs? salariés? employés? familles? patients? clients? "
        "journalistes? chercheurs? membres? représentants? consommateurs? élus? avocats? experts? spécialistes? psychologues? inspecteurs? instructeurs? médiateurs? médiatrices? animatrices? facilitatrices? rédacteurs? contrôleurs? chefs? députés? sénateurs?"
    ),
    "pt": (
        "governos? estados? autoridades? pa[íi]s(?:es)? naç(?:ão|ões) congressos? parlamentos? assembleias? senado câmaras? "
        "ministérios? ministr[oa]s? secretarias? secretári[oa]s? comiss(?:ão|ões) comit[êé]s? conselhos? cortes? tribuna(?:l|is) "
        "juiz(?:es|as?)? juízes procuradorias? procurador(?:es|as?)? promotor(?:es|as?)? defensorias? defensor(?:es|as?)? polícias? "
        "exército forças? agências? organismos? organizaç(?:ão|ões) instituiç(?:ão|ões) institutos? órgãos? entidades? empresas? "
        "empresári[oa]s? empregador(?:es|as?)? set?ores sector(?:es)? setor sociedades? comunidades? igrejas? partidos? movimentos? "
        "sindicatos? universidades? academia escolas? mídia municípios? prefeituras? prefeit[oa]s? governador(?:es|as?)? "
        "departamentos? bancos? doador(?:es)? parceiros? at?ores actores grupos? funcionári[oa]s? servidor(?:es|as?)? agentes? "
        "líderes legislador(?:es|as?)? delegações associaç(?:ão|ões) fundações redes consulados? embaixadas? diásporas? poder(?:es)? "
        "meios partes ong[s]? plataformas? fórum união presidência presidentes? ministério autarquias? câmara facilitador(?:es|as?)? "
        "recrutador(?:es)? operador(?:es|as)? gestor(?:es|as?)? relator(?:es|as?)? "
        "migrantes? trabalhador(?:es|as?)? pessoas? mulher(?:es)? homens crianças? adolescentes jovens pais mães refugiad[oa]s? "
        "vítimas? cidadãos? cidadã cidadãs participantes? usuári[oa]s? utentes? estudantes? professor(?:es|as?)? docentes? jornalistas? "
        "médic[oa]s? profissiona(?:l|is) famílias? investigador(?:es|as?)? pesquisador(?:es|as?)? representantes? membros "
        "coordenador(?:es|as?)? responsáve(?:l|is) consumidor(?:es|as?)? povos? equipes? equipas? "
        "(?!indicador|contador|computador|gerador|processador|marcador)[^\\W\\d_]{3,}[aei]dor(?:es|as?)? especialistas? diret?ores diretor(?:as?)? director(?:as?)? "
        "chefes? tutor(?:es|as?)? vereador(?:es|as?)? deputad[oa]s? senador(?:es|as?)? conselheir[oa]s? empreendedor(?:es|as?)?"
    ),
}
_PEOPLE_FROM = {"es": "migrantes?", "en": "migrants?", "fr": "migrants?", "pt": "migrantes?"}


def _compile_nouns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the patterns of all actor nouns, and of those that name people, who may be beneficiaries instead."""
    words = _NOUNS[language].split()
    people = words[words.index(_PEOPLE_FROM[language]) :]
    return re.compile("|".join(words), re.IGNORECASE), re.compile("|".join(people), re.IGNORECASE)


ACTOR_NOUNS = {language: _compile_nouns(language) for language in _NOUNS}
QUALIFIED_ACTORS = {  # nouns that name an actor only with one of these words behind them
    "es": re.compile(
        r"(?:medios\s+de\s+comunicaci|sector(?:es)?\s+(?:p[úu]blic|privad|empresarial|productiv|social|económic|académic|financier|agropecuari|salud)|"
        r"sociedad(?:es)?\s+(?:civil|colombiana|en\s+general)|sociedad\s*\Z|comunidad(?:es)?\b|fuerzas?\s+(?:armad|militar|públic|de\s+seguridad|de\s+orden)|"
        r"sistema\s+(?:(?-i:[A-ZÁÉÍÓÚ])|judicial|de\s+(?:justicia|las\s+naciones))|unidad(?:es)?\s+(?:(?-i:[A-Z])|(?:para|de)\s+(?:la\s+|las\s+|los\s+)?(?-i:[A-Z]))|"
        r"poder(?:es)?\s+(?:(?:ejecutivo|legislativo|judicial|público)s?)|redes\s+de\s|partes\b|rama(?:s)?\s|centros?\s+(?:de|educativ)|plataformas?\s+de|"
        r"direcci(?:ón|ones)\s+(?:(?-i:[A-Z])|general|de\s+(?-i:[A-Z]))|grupos?\b|foros?\s|partidos?\b|actores\b|colectivos?\s|movimientos?\s)",
        re.IGNORECASE,
    ),
    "pt": re.compile(
        r"(?:meios\s+de\s+comunicaç|poder(?:es)?\s+(?:executivo|legislativo|judiciário|judicial|público|locais)|"
        r"forças?\s+(?:armad|policia|de\s+seguran)|redes\s+de\s|partes\b|se[ct]?tor(?:es)?\s+(?:públic|privad|empresaria|produtiv|socia)|plataformas?\s+de)",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"(?:secteurs?\s+(?:privé|public|associatif)|forces?\s+(?:armée|de\s+(?:police|l['’]ordre|sécurité))|cours?\s+(?:suprême|constitutionnelle|d['’]appel|de\s+(?:justice|cassation)|européenne|internationale|des\s+comptes)|"
        r"services?\s+\w|parties\b|villes\b|bureaux?\s|plateformes?\s|réseaux\s)",
        re.IGNORECASE,
    ),
    "en": re.compile(r"\B\b"),
}
AMBIGUOUS_NOUNS = {
    "es": frozenset("medios sector sectores sociedad sociedades fuerza fuerzas sistema unidad unidades poder poderes redes rama ramas centro centros plataforma plataformas direccion direcciones dirección grupo grupos foro foros colectivo colectivos movimiento movimientos".split()),
    "pt": frozenset("meios poder poderes força forças redes setor setores sector sectores plataforma plataformas".split()),
    "fr": frozenset("secteur secteurs force forces cour cours service services bureau bureaux plateforme plateformes réseaux".split()),
    "en": frozenset[str](),
}  # fmt: skip
ACRONYM = re.compile(r"(?-i:[A-Z][A-Z-]{2,}s?|UN|EU|UE|ONU)")
NON_ACTOR_ACRONYMS = frozenset(  # acronyms of things
    "VIH HIV AIDS SIDA CEDAW ICESCR ICCPR CERD CRC CAT CRPD DIH DDHH TIC TICS PIB GDP LGBTI LGBTIQ LGBT GCM PMM SDG SDGS ODS ODD UPR EPU "
    "PDET TOR RGPD GDPR COVID NIR BIA EIPD DPIA PIA ADN DNA OP-CAT OPCAT APIC FAQ PDF NOTE ART".split()
)

STATE_NAMES = frozenset(
    name.replace("_", " ")
    for name in (
        "Afghanistan Afganistán Albania Albanie Algeria Argelia Algérie Argélia Andorra Angola Argentina Argentine Armenia Australia "
        "Australie Austria Autriche Áustria Azerbaijan Azerbaiyán Bahamas Bahrain Bangladesh Barbados Belarus Bielorrusia Belgium Bélgica "
        "Belgique Belize Belice Benin Bénin Bhutan Bolivia Bolivie Bolívia Bosnia_and_Herzegovina Botswana Brazil Brasil Brésil Brunei "
        "Bulgaria Burkina_Faso Burundi Cambodia Camboya Cameroon Camerún Cameroun Camarões Canada Canadá Cabo_Verde Chad Tchad Chade Chile "
        "Chili China Chine Colombia Colombie Colômbia Comoros Congo Costa_Rica Croatia Croacia Croatie Cuba Cyprus Chipre Chypre Czechia "
        "Denmark Dinamarca Danemark Djibouti Dominica Ecuador Équateur Equador Egypt Egipto Égypte Egito El_Salvador Eritrea Estonia "
        "Eswatini Ethiopia Etiopía Éthiopie Etiópia Fiji Finland Finlandia Finlande France Francia França Gabon Gabón Gambia Georgia Géorgie "
        "Germany Alemania Allemagne Alemanha Ghana Greece Grecia Grèce Grécia Grenada Guatemala Guinea Guinée Guiné Guinea-Bissau Guyana "
        "Haiti Haití Haïti Honduras Hungary Hungría Hongrie Hungria Iceland Islandia India Inde Índia Indonesia Indonésie Iran Irán Iraq Irak "
        "Ireland Irlanda Irlande Israel Israël Italy Italia Italie Itália Jamaica Jamaïque Japan Japón Japon Japão Jordan Jordania Jordanie "
        "Kazakhstan Kenya Kenia Kiribati Kuwait Kyrgyzstan Latvia Letonia Lebanon Líbano Liban Lesotho Liberia Libya Libia Libye "
        "Liechtenstein Lithuania Lituania Luxembourg Luxemburgo Madagascar Malawi Malaysia Malasia Maldives Maldivas Mali Malta Malte "
        "Mauritania Mauritanie Mauritius Mauricio Maurice Mexico México Mexique Micronesia Moldova Monaco Mónaco Mongolia Montenegro Morocco "
        "Marruecos Maroc Marrocos Mozambique Moçambique Myanmar Namibia Nauru Nepal Népal Netherlands New_Zealand Nicaragua Niger Níger "
        "Nigeria Norway Noruega Norvège Oman Omán Pakistan Pakistán Palau Panama Panamá Paraguay Paraguai Peru Perú Pérou Philippines "
        "Filipinas Poland Polonia Pologne Polônia Portugal Qatar Romania Rumania Roumanie Romênia Russia Rusia Russie Rússia Rwanda Ruanda "
        "Samoa San_Marino Saudi_Arabia Senegal Sénégal Serbia Serbie Sérvia Seychelles Sierra_Leone Singapore Singapur Slovakia Eslovaquia "
        "Slovaquie Slovenia Eslovenia Slovénie Somalia Somalie South_Africa Sudáfrica Spain España Espagne Espanha Sri_Lanka Sudan Sudán "
        "Soudan Suriname Surinam Sweden Suecia Suède Suécia Switzerland Suiza Suisse Suíça Syria Siria Syrie Tajikistan Tanzania Tanzanie "
        "Thailand Tailandia Thaïlande Timor-Leste Togo Tonga Trinidad_and_Tobago Tunisia Túnez Tunisie Turkey Türkiye Turquía Turquie "
        "Turkmenistan Tuvalu Uganda Ouganda Ukraine Ucrania Ucrânia Uruguay Uruguai United_Kingdom United_States Uzbekistan Vanuatu "
        "Venezuela Viet_Nam Vietnam Yemen Yémen Zambia Zambie Zimbabwe Moçambique Reino_Unido Estados_Unidos Holy_See Santa_Sede Angola "
        "Arabia_Saudita Nueva_Zelandia República_Dominicana Dominican_Republic Republic_of_Korea Países_Bajos"
    ).split()
)
