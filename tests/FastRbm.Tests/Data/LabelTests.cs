using FastRbm.Data;
using FastRbm.Models;

namespace FastRbm.Tests.Data;

public sealed class LabelTests
{
    public static TheoryData<string> Kinds() => ["bits", "bytes", "floats", "real", "holes"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Selected_rows_keep_values_labels_and_holes(string kind)
    {
        Dataset data = Make(kind);
        Dataset some = data.Select([3, 0, 3]);
        Assert.IsType(data.GetType(), some);
        Assert.Equal([2, 1, 2], some.Labels.ToArray());
        Assert.Equal(data.HasMissing, some.HasMissing);
        foreach ((int from, int to) in new[] { (3, 0), (0, 1), (3, 2) })
        {
            Assert.Equal(Values(data, from), Values(some, to));
            Assert.Equal(Observed(data, from), Observed(some, to));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => data.Select([4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Select([]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Other_labels_leave_the_values_as_they_are(string kind)
    {
        Dataset data = Make(kind);
        Dataset relabelled = data.WithLabels([0, 1, 0, 1]);
        Assert.Equal([0, 1, 0, 1], relabelled.Labels.ToArray());
        Assert.Equal(data.Fingerprint(), relabelled.Fingerprint());
        Assert.True(data.WithLabels([]).Labels.IsEmpty);
        Assert.Throws<ArgumentException>(() => data.WithLabels([1, 2]));
    }

    [Fact]
    public void The_first_rows_of_each_class_keep_their_labels()
    {
        const byte None = ClassLabels.Unlabelled;
        Dataset data = GreyDataset.FromFloats("rows", 6, 1, [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f], labels: [1, 0, 1, 1, None, 0]);
        Dataset few = data.KeepLabels(1);
        Assert.Equal([1, 0, None, None, None, None], few.Labels.ToArray());
        Assert.Equal([1, 0, 1, None, None, 0], data.KeepLabels(2).Labels.ToArray());
        Assert.Equal([1, 0], few.Labelled().Labels.ToArray());
        Assert.Equal([0.2f], Values(few.Labelled(), 1));
    }

    [Fact]
    public void Labels_are_checked()
    {
        Dataset data = Make("bits");
        Assert.Equal(3, ClassLabels.Count(data));
        ClassLabels.Check(data, 3);
        Assert.Contains("row 0", Assert.Throws<ArgumentException>(() => ClassLabels.Check(data.WithLabels([3, 0, 0, 0]), 3)).Message, StringComparison.Ordinal);
        Assert.Contains("found none", Assert.Throws<ArgumentException>(() => ClassLabels.Check(data.WithLabels([1, 255, 0, 0]), 3)).Message, StringComparison.Ordinal);
        ClassLabels.Check(data.WithLabels([1, 255, 0, 0]), 3, allowUnlabelled: true);
        Assert.Contains("class 2 only", Assert.Throws<ArgumentException>(() => ClassLabels.Count(data.WithLabels([2, 2, 255, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("without", Assert.Throws<ArgumentException>(() => ClassLabels.Count(data.WithLabels([]))).Message, StringComparison.Ordinal);
        Assert.Contains("without", Assert.Throws<ArgumentException>(() => data.WithLabels([]).KeepLabels(2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassLabels.Check(data, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClassLabels.Check(data, 256));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_of_labels_is_IDX_or_text(bool text)
    {
        using TestFiles files = new();
        string path = text ? files.Write("3\r\n0\n\n 12 \n\n") : files.Write(TestFiles.Idx(8, [4], 3, 0, 255, 12));
        Assert.Equal([3, 0, 255, 12], LabelReader.Read(path));
    }

    [Fact]
    public void What_is_no_label_is_named_with_its_line()
    {
        using TestFiles files = new();
        TestFiles.Refused(() => LabelReader.Read(files.Write("1\n2x\n")), "line 2", "2x");
        TestFiles.Refused(() => LabelReader.Read(files.Write("1\n256\n")), "line 2", "256");
        TestFiles.Refused(() => LabelReader.Read(files.Write("-1\n")), "line 1", "-1");
        TestFiles.Refused(() => LabelReader.Read(files.Write("\n\n")), "labels", "none");
        TestFiles.Refused(() => LabelReader.Read(files.Write(TestFiles.Idx(8, [2, 2], 1, 2, 3, 4))), "rank");
    }

    private static Dataset Make(string kind)
    {
        byte[] labels = [1, 0, 1, 2];
        byte[] bits = [0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1];
        float[] numbers = [0, 0.5f, 1, 0.25f, 0, 0, 1, 1, 0.125f, 0.5f, 0, 1];
        return kind switch
        {
            "bits" => BitDataset.FromBytes("rows", 4, 3, bits, labels: labels),
            "bytes" => GreyDataset.FromBytes("rows", 4, 3, [0, 7, 255, 3, 0, 0, 9, 9, 1, 2, 0, 8], labels: labels),
            "floats" => GreyDataset.FromFloats("rows", 4, 3, numbers, labels: labels),
            "real" => RealDataset.FromFloats("rows", 4, 3, [.. numbers.Select(static value => (4 * value) - 1)], labels: labels),
            _ => BitDataset.FromBytes("rows", 4, 3, bits, labels: labels).Hide(0.4, 3),
        };
    }

    private static float[] Values(Dataset data, int row)
    {
        float[] values = new float[data.Columns];
        data.CopyMeans(row, values);
        return values;
    }

    private static ulong Observed(Dataset data, int row)
    {
        ulong[] words = new ulong[1];
        data.CopyObserved(row, words);
        return words[0];
    }
}
