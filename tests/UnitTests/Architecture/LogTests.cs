using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Penstock.UnitTests.Architecture;

/// <summary>One number names one kind of line, in every program.</summary>
public sealed class LogTests
{
    private static readonly IReadOnlyList<(string Place, string File, int? Id)> Messages =
    [
        .. from file in SourceTree.Code
           where !file.Path.StartsWith("tests/", StringComparison.Ordinal)
           from attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>()
           where attribute.Name.ToString() == "LoggerMessage"
           select (SourceTree.Place(file.Path, attribute), file.Path, IdOf(attribute)),
    ];

    [Fact]
    public void Event_ids_are_unique_across_the_solution()
    {
        var doubled = Messages.GroupBy(message => message.Id).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(message => message.Place))}");

        Assert.NotEmpty(Messages);
        Assert.Empty(doubled);
    }

    [Fact]
    public void Every_log_message_has_an_event_id_and_stands_in_the_log_file_of_its_project()
    {
        Assert.All(Messages, message => Assert.True(message.Id > 0, $"{message.Place} has no event id"));
        Assert.All(Messages, message => Assert.True(message.File is "edge-agent/Log.cs" or "central/Log.cs", $"{message.Place} stands outside Log.cs"));
    }

    private static int? IdOf(AttributeSyntax attribute)
    {
        var arguments = attribute.ArgumentList?.Arguments;
        var named = arguments?.FirstOrDefault(argument => argument.NameEquals?.Name.ToString() == "EventId");
        var value = named ?? arguments?.FirstOrDefault(argument => argument.NameEquals is null);
        return int.TryParse(value?.Expression.ToString(), out var id) ? id : null;
    }
}
