using System.Text.Json;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Page;

/// <summary>The page's pure modules, run where they run: in the browser. Each case is a module, an expression, and its JSON.</summary>
[Collection(PageTests.Name)]
public sealed class PageLogicTests(PageLogicTests.Ground ground) : IClassFixture<PageLogicTests.Ground>
{
    [Theory]
    [InlineData("format", "[0.4, 12, 75, 4000, 200000, -3].map(m.duration)", """["<1 s","12 s","1 min 15 s","1 h 6 min","2 d 7 h","−3 s"]""")]
    [InlineData("format", "[12.5, 1234.5678, 0.1 + 0.2, 7776425, 0, -3.25, 1e-7].map(v => m.number(v))", """["12.5","1234.6","0.3","7 776 425","0","−3.25","1.000e−7"]""")]
    [InlineData("format", "[0, 999, 1500, 512e6].map(m.bytes)", """["0 B","999 B","1.5 kB","512 MB"]""")]
    [InlineData("format", "[m.valueText({ value: 9.007e15, text: '9007199254740993' }, { type: 'number' }), m.valueText({ value: 1 }, { type: 'bool' }), m.valueText({ value: 2, text: 'AUTO' }, { type: 'enum' }), m.valueText({ value: null }, {}), m.valueText(null, {})]", """["9 007 199 254 740 993","on","AUTO","–","–"]""")]
    [InlineData("clock", "(() => { const c = new m.ServerClock(); c.hear(2000, 1000); c.hear(2100, 1600); return c.now(3000); })()", "4000")]
    [InlineData("condition", "[5, 11].map(age => m.condition({ latest: { tsMs: 1e6 - age * 1000, q: 'good' }, heardMs: null, info: { stale_after_seconds: 10 } }, 1e6).cond)", """["good","stale"]""")]
    [InlineData("condition", "m.condition({ latest: { tsMs: 2e6, q: 'good' }, heardMs: 1e6 - 11000, info: { stale_after_seconds: 10 } }, 1e6).cond", "\"stale\"")]
    [InlineData("condition", "m.condition({ latest: { tsMs: 1e6 + 60000, q: 'good' }, heardMs: 1e6, info: {} }, 1e6).cond", "\"uncertain\"")]
    [InlineData("condition", "m.shownCondition({ latest: { tsMs: 1e6, q: 'good' }, heardMs: 1e6, info: {} }, 1e6, false)", """{"cond":"stale","why":"no link"}""")]
    [InlineData("ledger", "m.minus([[1, 10]], [4, 6])", "[[1,3],[7,10]]")]
    [InlineData("ledger", "m.account({ agent: 'a', heartbeat: { epoch: 'e', epochs: [{ epoch: 'e', last: 30, waiting: 21 }] }, ledger: [{ epoch: 'e', stored: 10, dead: 1, dropped: 2, missing: [[5, 9], [20, 24]] }] }, [{ agent: 'a', numbers: [{ epoch: 'e', from: 5, to: 7 }] }])", """{"stored":10,"dead":1,"dropped":2,"unexplained":3,"current":3}""")]
    [InlineData("hash", "[m.readHash('#tag=p/d/t&range=600'), m.readHash('#tag=p/d/t&from=1&to=5'), m.readHash('#other')]", """[{"tag":"p/d/t","from":null,"to":null,"range":600},{"tag":"p/d/t","from":1,"to":5,"range":null},null]""")]
    [InlineData("hash", "m.writeHash({ tag: 'p/d/t', from: 1.2, to: 5.6 })", "\"#tag=p/d/t&from=1&to=6\"")]
    [InlineData("layout", "m.layout(new Map(['t10', 't9'].map(t => ['p/d/' + t, { name: 'p/d/' + t, info: { site: 'p', device: 'd', tag: t } }])))[0].devices[0].tags", """["p/d/t9","p/d/t10"]""")]
    [InlineData("trend", "(() => { const t = new m.Trend(); t.add(0, 1, 1, 'good'); t.add(1000, 5, 5, 'good'); t.add(2000, 9, 9, 'bad'); return t.read(0).at(-1); })()", """{"min":1,"max":5,"quality":3}""")]
    [InlineData("chart-window", "m.zoom(m.following(600), 0.5, 1, 1e9)", """{"range":300,"from":null,"to":null}""")]
    [InlineData("chart-window", "m.zoom({ range: null, from: 0, to: 100000 }, 0.5, 0.5, 1e9)", """{"range":null,"from":25000,"to":75000}""")]
    [InlineData("chart-window", "m.pan({ range: null, from: 100000, to: 200000 }, -0.5, 1e9)", """{"range":null,"from":50000,"to":150000}""")]
    public async Task A_module_answers(string module, string expression, string expected)
    {
        Assert.Equal(expected, await Evaluate(module, expression));
    }

    [Fact]
    public async Task A_line_breaks_at_a_gap_and_at_silence_and_a_bad_value_is_no_point()
    {
        const string History =
            """
            { resolution: 'raw', from: at(0), to: at(100), gaps: [{ from: at(11), to: at(14), cause: 'missed-polls', message: 'slow' }],
              points: [[0, 1], [1, 2], [2, null, 'bad'], [10, 3], [15, 4], [60, 5]].map(([s, value, q = 'good']) => ({ ts: at(s), value, q, why: 'w' })) }
            """;

        var answer = await Evaluate(
            "chart-data",
            $"(() => {{ const at = s => new Date(s * 1000).toISOString(); const d = m.prepare({History}); const i = {{ stale_after_seconds: 20 }}; return [m.toArrays(d, i).line, m.holes(d, i, 0, 70).map(h => [h.from, h.to]), m.strips(d, i).map(s => [s.from, s.to, s.q])]; }})()");

        Assert.Equal("""[[1,2,null,3,null,4,null,5],[[15,60]],[[2,10,"bad"]]]""", answer);
    }

    [Fact]
    public async Task A_change_of_type_or_unit_is_told()
    {
        var answer = await Evaluate(
            "chart-text", "m.changeTexts([{ from: 0, what: 'number in V' }, { from: 3600, what: 'number in V' }, { from: 7200, what: 'number in kV' }], 7200e3).map(t => t.replace(/Since .* the/, 'the'))");

        Assert.Equal("""["the tag is number in kV; before it was number in V"]""", answer);
    }

    [Fact]
    public async Task A_live_value_joins_the_bucket_it_belongs_to()
    {
        var answer = await Evaluate(
            "chart-data",
            """
            (() => { const d = { bucket: true, step: 10, to: 10, points: [{ x: 0, y: 4, min: 4, max: 4, q: 'good', count: 1 }], gaps: [] };
              m.takeLive(d, { tsMs: 5000, value: 8, q: 'good' }, 0); m.takeLive(d, { tsMs: 12000, value: 1, q: 'uncertain' }, 0);
              return d.points.map(p => [p.x, p.min, p.y, p.max, p.count, p.q]); })()
            """);

        Assert.Equal("""[[0,4,6,8,2,"good"],[10,1,1,1,1,"uncertain"]]""", answer);
    }

    [Fact]
    public async Task Tags_of_a_silent_agent_are_told_with_the_agent()
    {
        var answer = await Evaluate(
            "summary",
            """
            (() => { const tag = n => ['p/d/' + n, { name: 'p/d/' + n, info: { site: 'p', device: 'd', tag: n, agent: 'a', stale_after_seconds: 5 }, latest: { tsMs: 0, q: 'good' }, heardMs: null }];
              const state = { tags: new Map([tag('x'), tag('y')]), agents: new Map([['a', { agent: 'a', site: 'p', state: 'silent' }]]), gaps: [] };
              return m.causes(state, 1e6).map(c => [c.level, c.where, c.text]); })()
            """);

        Assert.Equal("""[["bad","agent a","silent, 2 tags STALE"]]""", answer);
    }

    private async Task<string> Evaluate(string module, string expression)
    {
        var live = await ground.Page();
        var text = await live.Page.EvaluateAsync<string>($"async () => {{ const m = await import('/js/{module}.js'); return JSON.stringify({expression}); }}");
        return JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(text), Plain).Replace("\\u202F", " ", StringComparison.Ordinal);
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One centre and one page for all cases: pure functions leave nothing behind.</summary>
    public sealed class Ground(Chromium chromium) : IAsyncDisposable
    {
        private readonly TempFolder _folder = new();
        private Centre? _centre;
        private LivePage? _page;

        internal async Task<LivePage> Page()
        {
            _centre ??= await Centre.Start(_folder["centre"]);
            return _page ??= await LivePage.Open(chromium, _centre, "/");
        }

        public async ValueTask DisposeAsync()
        {
            if (_page is not null)
                await _page.DisposeAsync();
            if (_centre is not null)
                await _centre.DisposeAsync();
            _folder.Dispose();
        }
    }
}
