using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Acceptance;

/// <summary>The demo as a person starts it: one address, a first value, Ctrl-C, and again; also when port 8420 is taken.</summary>
[Collection(Alone.Name)]
public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_shows_values_ends_with_ctrl_c_and_works_twice_in_a_row_with_port_8420_taken()
    {
        using var folder = new TempFolder();
        using var taken = TakeDefaultPort();

        for (var time = 0; time < 2; time++)
        {
            await using var demo = RunningProgram.Start(
                Repository.Path("deploy/demo/demo.sh"), new Dictionary<string, string> { ["PENSTOCK_DEMO_DATA"] = folder["demo"] }, []);
            var address = (await demo.Line("the demo prints its address", Address())).Groups[1].Value;
            Assert.DoesNotContain(":8420", address, StringComparison.Ordinal);
            Assert.Contains("8420", demo.Output, StringComparison.Ordinal);
            await HasValues(address);
            var children = Family(demo.Id);
            Assert.True(children.Count >= 3, string.Join(' ', children));

            demo.CtrlC();
            await demo.End();

            Assert.All(children, child => Assert.False(Directory.Exists($"/proc/{child}"), $"process {child} is left behind"));
        }
    }

    private static async Task HasValues(string address)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        var page = await http.GetStringAsync("/");
        Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        await Until.True("the first value is there", async () =>
            JsonNode.Parse(await http.GetStringAsync("/api/v1/tags"))!["tags"]!.AsArray().Any(tag => tag!["latest"] is not null));
    }

    /// <summary>Someone else listens on 8420, unless it is already so.</summary>
    private static TcpListener? TakeDefaultPort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 8420);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    /// <summary>Every living descendant of a process.</summary>
    private static List<int> Family(int parent)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Parent: ParentOf(id)))
            .ToList();
        var family = new List<int>();
        var next = new Queue<int>([parent]);
        while (next.TryDequeue(out var id))
        {
            foreach (var child in parents.Where(entry => entry.Parent == id))
            {
                family.Add(child.Id);
                next.Enqueue(child.Id);
            }
        }

        return family;
    }

    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [GeneratedRegex(@"(http://127\.0\.0\.1:[0-9]+)")]
    private static partial Regex Address();
}
