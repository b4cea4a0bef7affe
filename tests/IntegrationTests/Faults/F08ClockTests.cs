using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Faults;

/// <summary>
/// F8: the agent's clock is wrong at the start, set forth and back, drifts, while records wait. Each script plays the real agent
/// under libfaketime; the device, the centre and the judge keep the true time.
/// </summary>
[Collection(Alone.Name)]
public sealed class F08ClockTests(ITestOutputHelper output)
{
    [Fact]
    public async Task F08_a_clock_that_is_set_loses_doubles_and_reorders_nothing_and_its_offset_is_told()
    {
        FakeClock.Needed();
        var scripts = FaultSize.Of(2, 10, 40);
        var seed = FaultSize.Seed();
        var random = new Random(seed);
        var result = new FaultResult("F8", "clock set while it runs", seed);
        List<string> wrong = [];

        for (var number = 0; number < scripts; number++)
        {
            var script = ClockScript.Of(number, random, TimeProvider.System.GetUtcNow());
            var played = new ClockPlay(script);
            var judge = await played.ToTheEnd();
            var said = judge.Wrong().Concat(played.Wrong).Select(line => $"script {number}, {script.Name}, {string.Join(' ', script.Acts)}: {line}").ToList();
            output.WriteLine($"{script.Name}, {string.Join(' ', script.Acts)}: {said.Count} wrong, lost {string.Join(' ', judge.Lost())}, double {string.Join(' ', judge.Double())}");
            wrong.AddRange(said);
            result = result with
            {
                Injected = result.Injected + script.Acts.Count,
                Records = result.Records + played.Records,
                Lost = result.Lost + judge.Lost().Count,
                Double = result.Double + judge.Double().Count,
                Unexplained = result.Unexplained + said.Count,
            };
        }

        result.Tell(output, wrong);
    }
}
