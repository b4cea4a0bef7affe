using System.Text;

namespace Penstock.IntegrationTests.Kit;

/// <summary>Writes the site file and profiles of a test plant.</summary>
internal sealed class Plant(TempFolder folder, string name = "test-plant")
{
    private readonly StringBuilder _devices = new();
    private readonly StringBuilder _more = new();

    /// <summary>Where the agent sends to.</summary>
    public string To { get; set; } = "http://127.0.0.1:9";

    /// <summary>The whole block <c>forward:</c>, in place of <see cref="To"/>.</summary>
    public string? Forward { get; set; }

    public string Storage { get; set; } = "ssd";

    /// <summary>Most bytes of the outbox, as the site file says it; null for the default.</summary>
    public string? Cap { get; set; }

    /// <summary>Deadline of a request. Long where a busy machine must not turn an answer into a late one.</summary>
    public string Timeout { get; set; } = "500ms";

    public string Site(string device, string tag) => $"{name}/{device}/{tag}";

    /// <summary>A profile whose holding registers from 0 on are the named tags.</summary>
    public Plant Profile(string id, string interval, string type, params string[] tags)
    {
        var words = type is "uint32" or "int32" or "float32" ? 2 : 1;
        var registers = tags.Select((tag, index) => $"  - {{tag: {tag}, table: holding, register: {index * words}, type: {type}, unit: \"1\"}}");
        folder.Write($"hardware-profiles/{id}.yaml", $"""
            profile: 1
            kind: modbus
            id: {id}
            device: {'{'}vendor: Test, model: {id}, description: Made for a test, class: other{'}'}
            manual: {'{'}title: none{'}'}
            connection: {'{'}tcp: {'{'}port: 502{'}'}, unit_id: 1, timeout: {Timeout}{'}'}
            addresses: {'{'}written_as: wire{'}'}
            defaults: {'{'}poll: normal{'}'}
            poll: {'{'}normal: {interval}{'}'}
            registers:

            """ + string.Join('\n', registers) + "\n");
        return this;
    }

    public Plant Device(string device, string profile, int port, string more = "")
    {
        _devices.AppendLine($"  - {{name: {device}, profile: {profile}, host: 127.0.0.1, port: {port}, unit_id: 1, place: Hall/Test{more}}}");
        return this;
    }

    public Plant Add(string yaml)
    {
        _more.AppendLine(yaml);
        return this;
    }

    public string Write(string file = "site.yaml") => folder.Write(file, $"""
        site: 1
        name: {name}
        forward: {Forward ?? "{to: \"" + To + "\"}"}
        outbox: {'{'}storage: {Storage}{(Cap is null ? "" : $", cap: {Cap}")}{'}'}
        devices:

        """ + _devices + _more);
}
