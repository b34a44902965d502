namespace FastRbm.Imaging;

/// <summary>How pages look: one style sheet for light and dark, wide and narrow.</summary>
internal static class HtmlStyle
{
    /// <summary>The style sheet. Charts and pictures keep a white plate in the dark, as their colours were chosen for it.</summary>
    public const string Text = """
        :root{color-scheme:light dark;--ink:#1d2025;--paper:#fcfcfa;--soft:#59616c;--rule:#dadde2;--code:#f0f1f3;--accent:#0b5f9e}
        @media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--paper:#15181c;--soft:#a2abb7;--rule:#363c45;--code:#23282e;--accent:#7cbaf0}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:64rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,sans-serif;overflow-wrap:break-word}
        h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0}
        h2{font-size:1.35rem;line-height:1.3;margin:2.5rem 0 .5rem;padding-top:.6rem;border-top:1px solid var(--rule)}
        h3{font-size:1.08rem;margin:1.8rem 0 .3rem}
        p{max-width:46rem;margin:.6rem 0}
        .lead{font-size:1.12rem;color:var(--soft)}
        nav{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:1rem 0}
        a{color:var(--accent)}
        code{font:.9em ui-monospace,monospace;background:var(--code);border-radius:3px;padding:.05em .3em}
        pre{background:var(--code);border-radius:6px;padding:.7rem .9rem;overflow-x:auto}
        pre code{background:none;padding:0}
        figure{margin:1.2rem 0}
        figcaption{max-width:46rem;color:var(--soft);font-size:.92rem;margin-top:.5rem}
        .plates{display:flex;flex-wrap:wrap;gap:.8rem;align-items:flex-start}
        .plate{background:#fff;border:1px solid var(--rule);border-radius:6px;overflow:hidden;max-width:100%}
        .plate svg{display:block;max-width:100%;height:auto}
        .picture{max-width:100%}
        .picture p{margin:0 0 .3rem;font-size:.92rem;color:var(--soft)}
        .picture img{display:block;max-width:100%;height:auto;image-rendering:pixelated;border-radius:4px}
        .table{overflow-x:auto}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:.28rem .9rem .28rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
        th{font-weight:600;font-size:.92rem}
        .n{text-align:right}

        """;
}
