//! What a model writes is text: it never becomes a script, loads anything, or a link that runs something.

use e2e::chat::{run, seen};
use e2e::fault::FaultServer;
use e2e::script::{Answer, Stream};
use e2e::world::in_each_streaming_dialect;
use serde_json::json;

use crate::support::widget_page;

/// Attacks by what they use. `PIXEL` is an address that must not be asked for; `pwned` a variable that must not be set.
const PAYLOADS: &[(&str, &[&str])] = &[
    (
        "elements that run",
        &[
            "<script>window.pwned = 1</script>",
            "<SCRIPT SRC=PIXEL></SCRIPT >",
            "<scr<script>ipt>window.pwned = 2</scr</script>ipt>",
            "<svg onload=\"window.pwned = 3\"><image href=\"PIXEL\"/><script>window.pwned = 4</script></svg>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=PIXEL onerror=window.pwned=5&gt;\">",
            "<template><img src=PIXEL onerror=\"window.pwned = 6\"></template><template shadowrootmode=open><script>window.pwned = 7</script></template>",
            "<noscript><p title=\"</noscript><img src=PIXEL onerror=window.pwned=8>\">",
            "<details open ontoggle=window.pwned=9><summary>x</summary></details>",
            "<input autofocus onfocus=window.pwned=10> <video oncanplay=window.pwned=11><source src=PIXEL></video>",
            "</div></template></style><style>@import 'PIXEL'; * { background: url(PIXEL) }</style>",
        ],
    ),
    (
        "elements that load",
        &[
            "<img src=\"PIXEL\" onerror=\"window.pwned = 12\">",
            "<img srcset=\"PIXEL 1x, PIXEL 2x\"> <picture><source srcset=\"PIXEL\"><img></picture>",
            "<iframe src=\"PIXEL\"></iframe> <iframe srcdoc=\"&lt;script&gt;parent.pwned=13&lt;/script&gt;\"></iframe>",
            "<object data=\"PIXEL\"></object> <embed src=\"PIXEL\">",
            "<link rel=\"stylesheet\" href=\"PIXEL\"><link rel=preload as=image href=PIXEL><link rel=prefetch href=PIXEL><link rel=dns-prefetch href=//evil.example>",
            "<meta http-equiv=\"refresh\" content=\"0;url=PIXEL\"> <base href=\"PIXEL\">",
            "<p style=\"background: url(PIXEL)\">styled</p> <table background=PIXEL><tr><td>x</table>",
            "<a href=\"https://shop.example/\" ping=\"PIXEL\">pinged</a> <form action=PIXEL><button formaction=PIXEL>send</button></form>",
            "<audio src=PIXEL autoplay></audio> <video poster=PIXEL></video> <track src=PIXEL>",
        ],
    ),
    (
        "images of Markdown",
        &[
            "![beacon](PIXEL)",
            "![beacon](PIXEL?secret=everything \"title\")",
            "![beacon][b1] and ![b1] and ![b1][]\n\n[b1]: PIXEL",
            "![beacon](<PIXEL> 'title') ![](PIXEL)",
            "[![in a link](PIXEL)](https://shop.example/)",
            "| ![in a table](PIXEL) | b |\n|---|---|\n| ![x](PIXEL) | ![y](PIXEL) |",
            "- > ### ![nested](PIXEL)",
            "![a](data:image/svg+xml,%3Csvg%20onload=window.pwned=14%3E) ![b](blob:https://shop.example/1) ![c](//evil.example/p.png)",
            "![a](\\\\evil.example\\p.png) ![b](/\\evil.example/p.png) ![c](https:evil.example/p.png)",
            "![onerror](x\"onerror=\"window.pwned=15) ![alt\" onload=\"window.pwned=16](y)",
        ],
    ),
    (
        "schemes that run",
        &[
            "[click](javascript:window.pwned=20) [or](JaVaScRiPt:window.pwned=21) <javascript:window.pwned=22>",
            "[data](data:text/html,<script>opener.pwned=23</script>) [base64](data:text/html;base64,PHNjcmlwdD5vcGVuZXIucHduZWQ9MjQ8L3NjcmlwdD4=)",
            "[vb](vbscript:x) [live](livescript:x) [mocha](mocha:x)",
            "[blob](blob:https://shop.example/1) [fs](filesystem:https://shop.example/temporary/x.html) [source](view-source:https://shop.example/)",
            "[intent](intent://scan/#Intent;scheme=zxing;end) [market](market://details?id=x) [app](ms-word:ofe|u|https://evil.example/x.docx)",
            "[file](file:///etc/passwd) [about](about:blank) [chrome](chrome://settings) [ext](chrome-extension://x/y.html)",
            "[ref][j] and [j]\n\n[j]: javascript:window.pwned=25 \"title\"",
            "[nested [brackets]](javascript:window.pwned=26) [**bold**](javascript:window.pwned=27)",
        ],
    ),
    (
        "schemes in disguise",
        &[
            "[entity](java&#x0A;script:window.pwned=30) [tab](java&#9;script:window.pwned=31) [colon](javascript&colon;window.pwned=32)",
            "[all](&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;window.pwned=33) [nul](java&#0;script:window.pwned=34)",
            "[tab in it](<java\tscript:window.pwned=35>) [tab before](<\tjavascript:window.pwned=36>) [space](< javascript:window.pwned=37>)",
            "[control](\u{1}javascript:window.pwned=38) [delete](\u{7f}javascript:window.pwned=39)",
            "[no break](&nbsp;javascript:window.pwned=40) [mark](&#xFEFF;javascript:window.pwned=41) [zero width](\u{200b}javascript:window.pwned=42)",
            "[escaped](java\\script:window.pwned=43) [escaped colon](javascript\\:window.pwned=44)",
            "[percent](%6Aavascript:window.pwned=45) [full width](\u{ff4a}avascript:window.pwned=46) [long s](java\u{17f}cript:window.pwned=47)",
            "[right to left](\u{202e}javascript:window.pwned=48) \u{202e}[txet](https://shop.example/)\u{202c} [isolate](\u{2066}javascript:window.pwned=49)",
        ],
    ),
    (
        "addresses in disguise",
        &[
            "[credentials](https://shop.example@evil.example/) [backslash](https://shop.example\\@evil.example/)",
            "[relative](//evil.example/) [slashes](///evil.example/) [tab](/\t/evil.example) [back](/\\evil.example) [one](https:/evil.example)",
            "[quote](https://shop.example/\"onmouseover=\"window.pwned=50) [angle](https://shop.example/><img src=PIXEL>)",
            "<https://shop.example/\"onclick=window.pwned=51> https://shop.example/\"onclick=\"window.pwned=52 www.shop.example/'onclick='window.pwned=53",
            "<a@b.example?body=<script>window.pwned=54</script>> a@b.example\"onclick=window.pwned=55",
            "[title](https://shop.example/ \"x\\\" onmouseover=\\\"window.pwned=56\") [mail](mailto:a@b.example?subject=<script>)",
        ],
    ),
    (
        "other places",
        &[
            "```html\" onload=\"window.pwned=60\n<img src=PIXEL onerror=window.pwned=61>\n```",
            "`<img src=PIXEL onerror=window.pwned=62>` $\\href{javascript:window.pwned=63}{x}$ $\\includegraphics{PIXEL}$",
            "    <script>window.pwned=64</script>\n",
            "&lt;img src=PIXEL onerror=window.pwned=65&gt; &#60;script&#62;window.pwned=66&#60;/script&#62;",
            "<!-- --><img src=PIXEL onerror=window.pwned=67><![CDATA[<img src=PIXEL>]]><?php echo 1 ?>",
            "{{constructor.constructor('window.pwned=68')()}} ${window.pwned=69} <%= 1 %> @import url(PIXEL);",
        ],
    ),
];

/// Looks at everything that answers became, for what must not be there. Icons are SVG, but of no other document.
const FOREIGN: &str = r##"
  const messages = root.querySelector('[part~="messages"]');
  const elements = 'script, iframe, frame, object, embed, link, style, base, meta, img, image, picture, source, video, audio, track, template, math, '
    + 'foreignObject, noscript, area, map, portal, svg a, svg use:not([href^="#"])';
  const attributes = /^(on.*|style|src|srcset|srcdoc|ping|action|formaction|background|poster|data|xlink:href|autofocus)$/i;
  const found = [...messages.querySelectorAll(elements)].map((element) => element.outerHTML);
  for (const element of messages.querySelectorAll('article *')) {
    for (const { name } of element.attributes) if (attributes.test(name)) found.push(`${element.localName} ${name}`);
    if (element.shadowRoot) found.push(`${element.localName} with a shadow root`);
  }
  return found;
"##;

#[tokio::test]
async fn nothing_in_an_answer_runs_or_loads() {
    let n_payloads: usize = PAYLOADS.iter().map(|(_, payloads)| payloads.len()).sum();
    assert!(n_payloads >= 40, "{n_payloads} payloads");
    in_each_streaming_dialect("nothing_in_an_answer_runs_or_loads", async |world, dialect| {
        let server = FaultServer::start().await;
        let pixel = server.url("/pixel");
        let with_pixel = |payload: &str| payload.replace("PIXEL", &pixel);
        let chat = world.chat_at(&widget_page(&server, dialect, &[])).await;
        chat.open().await;
        for (kind, payloads) in PAYLOADS {
            // Each is a paragraph of its own, and the words of all come one by one.
            let answer = with_pixel(&payloads.join("\n\n"));
            let sources = [("<img src=x onerror=\"window.pwned = 90\">", "javascript:window.pwned=91"), ("fine", "https://shop.example/")];
            server.answer(Stream::new(dialect).words(&answer).end(&sources));
            let state = chat.ask_and_wait(&with_pixel(payloads[0]).replace('\n', " ")).await;
            let sources = state.answer().sources;
            assert_eq!((sources[0].href.as_str(), sources[1].href.as_str()), ("", "https://shop.example/"), "{kind}");
            assert_eq!(chat.script(FOREIGN).await, json!([]), "{kind}");
        }
        if dialect.keeps_history() {
            // A transcript of the server's is as little trusted; there, each is an answer of its own.
            let payloads = PAYLOADS.iter().flat_map(|(_, payloads)| *payloads);
            let answers = payloads.map(|payload| json!({"role": "assistant", "content": with_pixel(payload)}));
            let question = format!("<img src={pixel} onerror=window.pwned=92>");
            let history = answers.chain((0..20).map(|_| json!({"role": "user", "content": question})));
            let history = json!({"messages": history.collect::<Vec<_>>()});
            server.route("GET", dialect.history_folder(), move |_| Answer::json(200, &history));
            world.driver().refresh().await.unwrap();
            chat.open().await;
            chat.until("the history", |state| state.questions().len() == 20 && state.is_painted()).await;
            assert_eq!(chat.script(FOREIGN).await, json!([]), "the history");
        }

        // Every link that is there leads to where a link may lead, and is followed as a stranger's.
        let links = chat.script("return [...root.querySelectorAll('[part~=\"messages\"] a')].map((a) => [a.protocol, a.rel, a.target, a.href]);").await;
        let links = links.as_array().unwrap();
        assert!(links.len() > 10, "the links that are allowed are there: {links:?}");
        for link in links {
            assert!(["https:", "http:", "mailto:", "tel:"].contains(&link[0].as_str().unwrap()), "{link}");
            assert!(link[1].as_str().unwrap().contains("noopener") && link[2] == "_blank", "{link}");
        }
        assert_eq!(run(world.driver(), "return window.pwned ?? null;").await, json!(null));
        assert_eq!(server.requests_to("GET", "/pixel").len(), 0, "{}", server.log());
        // Not even of a host that does not exist: what the page loaded, it loaded from its own server.
        let elsewhere = "return performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => !name.startsWith(location.origin + '/'));";
        assert_eq!(run(world.driver(), elsewhere).await, json!([]));
        assert_eq!(seen(world.driver()).await.failures, [""; 0]);
    })
    .await;
}
