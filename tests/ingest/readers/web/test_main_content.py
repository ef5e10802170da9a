"""The main content of HTML pages: what surrounds it is left out, by names, by links, and by where it stands."""

import pytest

from tests.ingest.readers.test_html import LONG, texts


@pytest.mark.parametrize(
    "around",
    [
        "<nav>{}</nav>",
        "<header>{}</header>",
        "<footer>{}</footer>",
        "<aside>{}</aside>",
        "<div role=navigation>{}</div>",
        "<script>{}</script>",
        "<div hidden>{}</div>",
        "<div aria-hidden=true>{}</div>",
        "<div style='color:red; display : none'>{}</div>",
        "<div class=noprint>{}</div>",
        "<div class='cookie-banner'>{}<button>OK</button></div>",
        "<ul class='mainMenu'><li><a href=a>{}</a><li><a href=b>Dos</a></ul>",
        "<ul><li><a href=a>{}</a><li><a href=b>Dos</a><li><a href=c>Tres</a></ul>",
        "<p><a href=a>{}</a> | <a href=b>Dos</a> | <a href=c>Tres</a></p>",
        "<form><label>{}</label><input><button>OK</button></form>",
    ],
)
def test_what_surrounds_the_text_is_left_out(around: str) -> None:
    assert texts(f"{around.format('AFUERA')}<h1>Informe</h1><p>{LONG}</p>") == ["Informe", LONG.strip()]


def test_the_main_text_is_taken_where_the_page_says_which_it_is() -> None:
    other = "<div><p>Último momento</div>"
    for tag in ("main", "article", "div role=main"):
        assert texts(f"{other}<{tag}><h2>A</h2><header>B</header><p>{LONG}</p></{tag.partition(' ')[0]}>{other}") == [
            "A",
            "B",
            LONG.strip(),
        ]


def test_a_main_that_holds_little_is_not_believed() -> None:
    assert texts(f"<main>Cargando</main><div><p>{LONG * 9}</div>") == ["Cargando", (LONG * 9).strip()]


def test_a_page_saved_behind_a_dialog_has_its_text() -> None:
    assert texts(f"<main aria-hidden=true><p>{LONG}</p></main><div role=dialog>¿Acepta?</div>") == [LONG.strip()]


def test_the_title_is_kept_though_it_stands_above_the_text() -> None:
    assert texts(f"<header><a href=/>Sitio</a><h1>Informe</h1></header><article><p>{LONG}</article>") == [
        "Informe",
        LONG.strip(),
    ]


@pytest.mark.parametrize("tag", ["nav", "ul", "div class=menu", "header", "footer"])
def test_a_page_of_nothing_but_links_gives_its_text(tag: str) -> None:
    links = "".join(f"<li><a href={n}>Documento {n}</a>" for n in range(9))
    assert len(texts(f"<{tag}>{links}</{tag.partition(' ')[0]}>")) == 9


def test_a_list_of_links_within_the_text_stays() -> None:
    links = "<ul><li><a href=a>Uno</a><li><a href=b>Dos</a><li><a href=c>Tres</a></ul>"
    assert "Dos" in texts(f"<h1>Informe</h1><p>{LONG}</p>{links}<p>{LONG}</p>")


@pytest.mark.parametrize(
    "end",
    [
        "<p><a href=/><img src=x></a> <a href=/>Inicio</a></p>",
        "<div><h2>Más</h2><ul><li><a href=a>Uno</a><li><a href=b>Dos</a></ul></div>",
        "<p><a href=f>Compartir</a></p><p>Visitas: 1023</p><p>© Red</p>",
        "<h3>Ver</h3><p><a href=f>Uno</a></p><p><a href=f>Dos</a></p><p><a href=f>Tres</a></p><p>Usamos cookies.</p>",
    ],
)
@pytest.mark.parametrize("page", ["<h1>Informe</h1><p>{}</p>{}", "<main><h1>Informe</h1><p>{}</p>{}</main>"])
def test_the_text_ends_where_links_outweigh_words(page: str, end: str) -> None:
    assert texts(page.format(LONG, end)) == ["Informe", LONG.strip()]


@pytest.mark.parametrize(
    "end",
    [
        "<p>Ana Pérez</p><p>Quito, 3 de mayo de 2021</p>",
        "<p><a href=f>Anexo</a></p><p>Ana Pérez, presidenta de la red, y Luis Gil, relator.</p>",
        "<table><tr><td><a href=a>A/1</a><td>Informe del año</table>",
    ],
)
def test_what_ends_a_text_and_is_more_than_links_stays(end: str) -> None:
    assert len(texts(f"<h1>Informe</h1><p>{LONG}</p>{end}")) > 2


def test_links_to_places_in_the_page_are_left_out_unless_they_unfold_them() -> None:
    links = "<ol><li><a href=#a>Agua</a><li><a href=#b>Aire</a></ol>"
    assert texts(f"{links}<h2 id=a>Agua</h2><p>{LONG}</p><h2 id=b>Aire</h2><p>{LONG}</p>").count("Agua") == 1
    folded = f"<p><a href=#a aria-expanded=true>Agua</a></p><div id=a>{LONG}</div>"
    assert texts(folded * 2).count("Agua") == 2
