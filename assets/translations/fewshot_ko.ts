<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko_KR" sourcelanguage="en_GB">
<context>
    <name>About</name>
    <message>
        <source>About Fewshot</source>
        <translation>Fewshot 정보</translation>
    </message>
    <message>
        <source>&lt;b&gt;Fewshot&lt;/b&gt;</source>
        <translation>&lt;b&gt;Fewshot&lt;/b&gt;</translation>
    </message>
    <message>
        <source>Labels pictures from a handful of examples, on your own computer: nothing is sent anywhere, unless you agree to fetch a picture from the web.</source>
        <translation>몇 장의 예시만으로 사용자의 컴퓨터에서 사진에 레이블을 붙입니다. 웹에서 사진을 가져오는 데 동의하지 않는 한 아무것도 전송하지 않습니다.</translation>
    </message>
    <message>
        <source>Licence: Apache-2.0, see {address}</source>
        <translation>라이선스: Apache-2.0, {address} 참고</translation>
    </message>
    <message>
        <source>Own files: {folder}</source>
        <translation>프로그램 파일: {folder}</translation>
    </message>
    <message>
        <source>Settings: {folder}</source>
        <translation>설정: {folder}</translation>
    </message>
    <message>
        <source>Cache: {folder}</source>
        <translation>캐시: {folder}</translation>
    </message>
</context>
<context>
    <name>AcceptDialog</name>
    <message>
        <source>Accept predictions</source>
        <translation>예측 수락</translation>
    </message>
    <message>
        <source>Label 1 picture as predicted?</source>
        <translation>사진 1장에 예측대로 레이블을 지정할까요?</translation>
    </message>
    <message>
        <source>Label {n} pictures as predicted?</source>
        <translation>사진 {n}장에 예측대로 레이블을 지정할까요?</translation>
    </message>
    <message>
        <source>{n} other classes: {rest}</source>
        <translation>다른 클래스 {n}개: {rest}</translation>
    </message>
    <message>
        <source>{n} below {percent} % in view stay without a label.</source>
        <translation>보이는 사진 중 {percent}% 미만인 {n}장은 레이블 없이 남습니다.</translation>
    </message>
    <message>
        <source>&amp;Label {n}</source>
        <translation>{n}장 레이블 지정(&amp;L)</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;New project…</source>
        <translation>새 프로젝트(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Open project…</source>
        <translation>프로젝트 열기(&amp;O)…</translation>
    </message>
    <message>
        <source>Open in a new &amp;window…</source>
        <translation>새 창에서 열기(&amp;W)…</translation>
    </message>
    <message>
        <source>Add &amp;pictures…</source>
        <translation>사진 추가(&amp;P)…</translation>
    </message>
    <message>
        <source>Add &amp;folder…</source>
        <translation>폴더 추가(&amp;F)…</translation>
    </message>
    <message>
        <source>Add folder of &amp;classes…</source>
        <translation>클래스 폴더 추가(&amp;C)…</translation>
    </message>
    <message>
        <source>Add &amp;archive…</source>
        <translation>압축 파일 추가(&amp;Z)…</translation>
    </message>
    <message>
        <source>Add archive of c&amp;lasses…</source>
        <translation>클래스 압축 파일 추가(&amp;A)…</translation>
    </message>
    <message>
        <source>Add e&amp;xamples to the selected class…</source>
        <translation>선택한 클래스에 예시 추가(&amp;X)…</translation>
    </message>
    <message>
        <source>Locate &amp;missing pictures…</source>
        <translation>없어진 사진 찾기(&amp;L)…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>내보내기(&amp;E)…</translation>
    </message>
    <message>
        <source>Sa&amp;ve classifier…</source>
        <translation>분류기 저장(&amp;V)…</translation>
    </message>
    <message>
        <source>Apply classifier to fol&amp;der…</source>
        <translation>폴더에 분류기 적용(&amp;D)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>종료(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>실행 취소(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>다시 실행(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Copy pictures</source>
        <translation>사진 복사(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Paste pictures</source>
        <translation>사진 붙여넣기(&amp;P)</translation>
    </message>
    <message>
        <source>Copy pat&amp;h</source>
        <translation>경로 복사(&amp;H)</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>모두 선택(&amp;A)</translation>
    </message>
    <message>
        <source>Se&amp;ttings…</source>
        <translation>설정(&amp;T)…</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>실행(&amp;R)</translation>
    </message>
    <message>
        <source>Run a&amp;gain after every change of a label</source>
        <translation>레이블이 바뀔 때마다 다시 실행(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>찾기(&amp;F)</translation>
    </message>
    <message>
        <source>Wa&amp;tch a folder…</source>
        <translation>폴더 감시(&amp;T)…</translation>
    </message>
    <message>
        <source>Prepare pictures while you wor&amp;k</source>
        <translation>작업하는 동안 사진 준비(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>취소(&amp;C)</translation>
    </message>
    <message>
        <source>Algorithm &amp;options…</source>
        <translation>알고리즘 옵션(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Meta-train on my classes…</source>
        <translation>내 클래스로 메타 학습(&amp;M)…</translation>
    </message>
    <message>
        <source>Compare &amp;two runs…</source>
        <translation>두 실행 비교(&amp;P)…</translation>
    </message>
    <message>
        <source>Op&amp;en</source>
        <translation>열기(&amp;E)</translation>
    </message>
    <message>
        <source>Show in &amp;folder</source>
        <translation>폴더에서 보기(&amp;F)</translation>
    </message>
    <message>
        <source>Label as &amp;unknown</source>
        <translation>알 수 없음으로 지정(&amp;U)</translation>
    </message>
    <message>
        <source>Label as a ne&amp;w class</source>
        <translation>새 클래스로 지정(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Accept the prediction</source>
        <translation>예측 수락(&amp;A)</translation>
    </message>
    <message>
        <source>Accept all confident predictions in &amp;view…</source>
        <translation>보이는 것 중 확실한 예측 모두 수락(&amp;V)…</translation>
    </message>
    <message>
        <source>&amp;Skip to the next</source>
        <translation>다음으로 건너뛰기(&amp;S)</translation>
    </message>
    <message>
        <source>Advance to the &amp;next picture after labelling</source>
        <translation>레이블 지정 후 다음 사진으로 이동(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Remove the label</source>
        <translation>레이블 제거(&amp;L)</translation>
    </message>
    <message>
        <source>Remove from the &amp;project</source>
        <translation>프로젝트에서 제거(&amp;P)</translation>
    </message>
    <message>
        <source>Find si&amp;milar</source>
        <translation>비슷한 사진 찾기(&amp;M)</translation>
    </message>
    <message>
        <source>Take up the new &amp;order</source>
        <translation>새 순서 적용(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Look closely</source>
        <translation>자세히 보기(&amp;L)</translation>
    </message>
    <message>
        <source>Zoom to &amp;fit</source>
        <translation>화면에 맞춤(&amp;F)</translation>
    </message>
    <message>
        <source>Zoom to &amp;100 %</source>
        <translation>100%로 보기(&amp;1)</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>맞춤</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100%</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>확대(&amp;I)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>축소(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>키보드 단축키(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Guide</source>
        <translation>안내서(&amp;G)</translation>
    </message>
    <message>
        <source>About the a&amp;lgorithm</source>
        <translation>알고리즘 설명(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;About Fewshot</source>
        <translation>Fewshot 정보(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>시스템(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>밝게(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>어둡게(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Undo {gesture}</source>
        <translation>실행 취소(&amp;U): {gesture}</translation>
    </message>
    <message>
        <source>&amp;Redo {gesture}</source>
        <translation>다시 실행(&amp;R): {gesture}</translation>
    </message>
</context>
<context>
    <name>AgreementModel</name>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>{n} pictures: first run {first}, second run {second}</source>
        <translation>사진 {n}장: 첫째 실행 {first}, 둘째 실행 {second}</translation>
    </message>
</context>
<context>
    <name>AlikeNames</name>
    <message>
        <source>Names alike</source>
        <translation>비슷한 이름</translation>
    </message>
    <message>
        <source>Classes whose names differ only in case or spaces. If they mean the same, the algorithm cannot tell them apart, and their confidence is about one half.</source>
        <translation>이름이 대소문자나 공백만 다른 클래스입니다. 뜻이 같다면 알고리즘이 둘을 구별할 수 없어 신뢰도가 절반쯤으로 떨어집니다.</translation>
    </message>
    <message>
        <source>Merge into the larger</source>
        <translation>더 큰 클래스로 병합</translation>
    </message>
    <message>
        <source>They are different</source>
        <translation>서로 다른 클래스임</translation>
    </message>
    <message>
        <source>“{name}” and “{other}”</source>
        <translation>“{name}”, “{other}”</translation>
    </message>
    <message>
        <source>No two names are alike</source>
        <translation>비슷한 이름이 없습니다</translation>
    </message>
</context>
<context>
    <name>AllLabeled</name>
    <message>
        <source>Export…</source>
        <translation>내보내기…</translation>
    </message>
    <message>
        <source>Export the labels (Ctrl+E)</source>
        <translation>레이블 내보내기 (Ctrl+E)</translation>
    </message>
    <message>
        <source>All {n} labelled</source>
        <translation>사진 {n}장에 모두 레이블이 있습니다</translation>
    </message>
    <message>
        <source>Drop more pictures here to go on.</source>
        <translation>계속하려면 여기에 사진을 더 끌어다 놓으세요.</translation>
    </message>
    <message>
        <source>{n} more cannot be read.</source>
        <translation>읽을 수 없는 사진이 {n}장 더 있습니다.</translation>
    </message>
</context>
<context>
    <name>Application</name>
    <message>
        <source>The program crashed the last time. Your labels are saved.</source>
        <translation>지난번에 프로그램이 비정상 종료되었습니다. 레이블은 저장되어 있습니다.</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>보고서 보기</translation>
    </message>
</context>
<context>
    <name>ApplyDialog</name>
    <message>
        <source>Apply a classifier to a folder</source>
        <translation>폴더에 분류기 적용</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>찾아보기…</translation>
    </message>
    <message>
        <source>“{name}” exists already. Replace it?</source>
        <translation>“{name}”이(가) 이미 있습니다. 바꿀까요?</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>바꾸기(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Classifier:</source>
        <translation>분류기(&amp;C):</translation>
    </message>
    <message>
        <source>&amp;Pictures in:</source>
        <translation>사진 폴더(&amp;P):</translation>
    </message>
    <message>
        <source>&amp;Format:</source>
        <translation>형식(&amp;F):</translation>
    </message>
    <message>
        <source>&amp;Labels to:</source>
        <translation>저장 위치(&amp;L):</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation>적용(&amp;A)</translation>
    </message>
    <message>
        <source>{name} labelled</source>
        <translation>{name} 레이블</translation>
    </message>
    <message>
        <source>Classifier of Fewshot</source>
        <translation>Fewshot 분류기</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>모든 파일</translation>
    </message>
    <message>
        <source>Classifier</source>
        <translation>분류기</translation>
    </message>
    <message>
        <source>Folder of pictures to label</source>
        <translation>레이블을 붙일 사진 폴더</translation>
    </message>
    <message>
        <source>Labels to</source>
        <translation>레이블 저장 위치</translation>
    </message>
</context>
<context>
    <name>ClassBars</name>
    <message>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>{n} more, together {p}</source>
        <translation>외 {n}개, 합계 {p}</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>외 {n}개</translation>
    </message>
</context>
<context>
    <name>ClassDelegate</name>
    <message>
        <source>{n} predicted</source>
        <translation>예측 {n}장</translation>
    </message>
</context>
<context>
    <name>ClassKeys</name>
    <message>
        <source>{key} is the key of “{name}”: press another.</source>
        <translation>{key} 키는 “{name}” 클래스가 쓰고 있습니다. 다른 키를 누르세요.</translation>
    </message>
    <message>
        <source>{key} is taken, by the command “{command}”: press another.</source>
        <translation>{key} 키는 “{command}” 명령이 쓰고 있습니다. 다른 키를 누르세요.</translation>
    </message>
</context>
<context>
    <name>ClassLegend</name>
    <message>
        <source>+ {count} more</source>
        <translation>+ {count}개 더</translation>
    </message>
</context>
<context>
    <name>ClassList</name>
    <message>
        <source>No classes yet</source>
        <translation>아직 클래스가 없습니다</translation>
    </message>
</context>
<context>
    <name>ClassModel</name>
    <message>
        <source>1 example</source>
        <translation>예시 1장</translation>
    </message>
    <message>
        <source>{n} examples</source>
        <translation>예시 {n}장</translation>
    </message>
    <message>
        <source>, {n} predicted</source>
        <translation>, 예측 {n}장</translation>
    </message>
    <message>
        <source>, key {key}</source>
        <translation>, 키 {key}</translation>
    </message>
</context>
<context>
    <name>ClassPanel</name>
    <message>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>알 수 없음</translation>
    </message>
    <message>
        <source>Drop pictures here that belong to none of the classes, or click to see them</source>
        <translation>어느 클래스에도 속하지 않는 사진을 여기에 놓거나, 클릭하여 그런 사진을 보세요</translation>
    </message>
    <message>
        <source>Drop here for a new class:
pictures or folders</source>
        <translation>새 클래스로 만들려면 여기에 놓으세요:
사진 또는 폴더</translation>
    </message>
    <message>
        <source>Click to choose a folder that has a subfolder for each class</source>
        <translation>클릭하여 클래스마다 하위 폴더가 있는 폴더를 선택하세요</translation>
    </message>
    <message>
        <source>1 picture moved from “{name}” to “{into}”, and “{name}” was removed.</source>
        <translation>사진 1장을 “{name}”에서 “{into}”(으)로 옮기고 “{name}”을(를) 제거했습니다.</translation>
    </message>
    <message>
        <source>{n} pictures moved from “{name}” to “{into}”, and “{name}” was removed.</source>
        <translation>사진 {n}장을 “{name}”에서 “{into}”(으)로 옮기고 “{name}”을(를) 제거했습니다.</translation>
    </message>
    <message>
        <source>There is already a class “{name}”. Merge “{old}” into it, or choose another name.</source>
        <translation>“{name}” 클래스가 이미 있습니다. “{old}”을(를) 그 클래스로 병합하거나 다른 이름을 고르세요.</translation>
    </message>
    <message>
        <source>Add class</source>
        <translation>클래스 추가</translation>
    </message>
    <message>
        <source>Show its pictures</source>
        <translation>이 클래스의 사진 보기</translation>
    </message>
    <message>
        <source>Add examples…</source>
        <translation>예시 추가…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>이름 바꾸기</translation>
    </message>
    <message>
        <source>Merge into…</source>
        <translation>다음 클래스로 병합…</translation>
    </message>
    <message>
        <source>Change colour…</source>
        <translation>색 변경…</translation>
    </message>
    <message>
        <source>Key…</source>
        <translation>키…</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>위로 이동</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>아래로 이동</translation>
    </message>
    <message>
        <source>Export its pictures…</source>
        <translation>이 클래스의 사진 내보내기…</translation>
    </message>
    <message>
        <source>Remove class</source>
        <translation>클래스 제거</translation>
    </message>
</context>
<context>
    <name>ClassifierApplier</name>
    <message>
        <source>The engine is still loading.</source>
        <translation>엔진을 아직 불러오는 중입니다.</translation>
    </message>
    <message>
        <source>A classifier is being saved or applied.</source>
        <translation>분류기를 저장하거나 적용하는 중입니다.</translation>
    </message>
    <message>
        <source>Looking for pictures…</source>
        <translation>사진을 찾는 중…</translation>
    </message>
    <message>
        <source>Applying the classifier…</source>
        <translation>분류기를 적용하는 중…</translation>
    </message>
    <message>
        <source>Exporting…</source>
        <translation>내보내는 중…</translation>
    </message>
    <message>
        <source>Labelled {n} pictures by {classifier}: {path}.</source>
        <translation>{classifier}(으)로 사진 {n}장에 레이블을 붙였습니다: {path}.</translation>
    </message>
    <message>
        <source>Unreadable: {n}.</source>
        <translation>읽을 수 없음: {n}.</translation>
    </message>
</context>
<context>
    <name>ClassifierSaver</name>
    <message>
        <source>The engine is still loading.</source>
        <translation>엔진을 아직 불러오는 중입니다.</translation>
    </message>
    <message>
        <source>A classifier is being saved or applied.</source>
        <translation>분류기를 저장하거나 적용하는 중입니다.</translation>
    </message>
    <message>
        <source>A classifier needs examples of two classes.</source>
        <translation>분류기에는 두 클래스의 예시가 필요합니다.</translation>
    </message>
    <message>
        <source>Classifier of Fewshot</source>
        <translation>Fewshot 분류기</translation>
    </message>
    <message>
        <source>Save classifier</source>
        <translation>분류기 저장</translation>
    </message>
    <message>
        <source>Saving the classifier…</source>
        <translation>분류기를 저장하는 중…</translation>
    </message>
    <message>
        <source>Saved a classifier of {n} classes, which labels any folder of pictures: {path}.</source>
        <translation>클래스 {n}개의 분류기를 저장했습니다. 어떤 사진 폴더에도 레이블을 붙일 수 있습니다: {path}.</translation>
    </message>
</context>
<context>
    <name>CompareDialog</name>
    <message>
        <source>Compare two runs</source>
        <translation>두 실행 비교</translation>
    </message>
    <message>
        <source>&amp;Run it</source>
        <translation>실행(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Show where they disagree</source>
        <translation>서로 다른 사진 보기(&amp;S)</translation>
    </message>
    <message>
        <source>Rows: first run · columns: second run · click a number</source>
        <translation>행: 첫째 실행 · 열: 둘째 실행 · 숫자를 클릭하세요</translation>
    </message>
    <message>
        <source>They could not be compared</source>
        <translation>비교할 수 없었습니다</translation>
    </message>
    <message>
        <source>They agree on {percent} % of {n} pictures and differ on {m}</source>
        <translation>사진 {n}장 중 {percent}%는 일치하고 {m}장은 다릅니다</translation>
    </message>
    <message>
        <source>No picture was predicted by both runs</source>
        <translation>두 실행이 모두 예측한 사진이 없습니다</translation>
    </message>
    <message>
        <source>&amp;First run</source>
        <translation>첫째 실행(&amp;F)</translation>
    </message>
    <message>
        <source>S&amp;econd run</source>
        <translation>둘째 실행(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Or run another</source>
        <translation>또는 새로 실행(&amp;O)</translation>
    </message>
    <message>
        <source>(a run that is not kept any more)</source>
        <translation>(더 이상 보관되지 않는 실행)</translation>
    </message>
    <message>
        <source>Pictures by the class that each run gave them</source>
        <translation>각 실행이 예측한 클래스별 사진 수</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>비교하는 중…</translation>
    </message>
    <message>
        <source>{first} / {second}</source>
        <translation>{first} / {second}</translation>
    </message>
    <message>
        <source>Choose two different runs</source>
        <translation>서로 다른 두 실행을 선택하세요</translation>
    </message>
    <message>
        <source>Nothing to compare yet</source>
        <translation>아직 비교할 것이 없습니다</translation>
    </message>
    <message>
        <source>The last runs of each algorithm are kept. Run another one to compare it with.</source>
        <translation>알고리즘마다 최근 실행이 보관됩니다. 비교할 알고리즘을 하나 더 실행하세요.</translation>
    </message>
    <message>
        <source>Run an algorithm first; then another on the same examples.</source>
        <translation>먼저 알고리즘을 하나 실행한 다음, 같은 예시로 다른 알고리즘을 실행하세요.</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>취소됨</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>실패</translation>
    </message>
    <message>
        <source>Their probabilities differ by {percent} % on average (total variation).</source>
        <translation>두 실행의 확률은 평균 {percent}% 다릅니다(총변동 거리).</translation>
    </message>
    <message>
        <source>Of {n} labelled since, the first had {a} right ({p} %), the second {b} ({q} %).</source>
        <translation>이후 레이블을 지정한 {n}장 중 첫째 실행은 {a}장({p}%), 둘째 실행은 {b}장({q}%)을 맞혔습니다.</translation>
    </message>
    <message>
        <source> {n} of these labels were accepted from a prediction.</source>
        <translation> 이 중 {n}개는 예측을 수락한 레이블입니다.</translation>
    </message>
    <message>
        <source>Pictures only in the first: {n}.</source>
        <translation>첫째 실행에만 있는 사진: {n}장.</translation>
    </message>
    <message>
        <source>Pictures only in the second: {n}.</source>
        <translation>둘째 실행에만 있는 사진: {n}장.</translation>
    </message>
    <message>
        <source>(removed)</source>
        <translation>(제거됨)</translation>
    </message>
</context>
<context>
    <name>Comparer</name>
    <message>
        <source>Disagreement</source>
        <translation>불일치</translation>
    </message>
</context>
<context>
    <name>ConfidencePane</name>
    <message>
        <source>Drag the line, or use the arrow keys: predictions below it are unknown</source>
        <translation>선을 끌거나 화살표 키로 옮기면 그보다 덜 확실한 사진은 알 수 없음이 됩니다</translation>
    </message>
    <message>
        <source>Accept every prediction in view that is confident enough</source>
        <translation>보이는 사진 중 충분히 확실한 것에 모두 예측대로 레이블 지정</translation>
    </message>
    <message>
        <source>{n} of {total} still as the run before predicted them.</source>
        <translation>{total}장 중 {n}장은 아직 이전 실행의 예측입니다.</translation>
    </message>
    <message>
        <source>The predictions of a run are counted here by confidence.</source>
        <translation>실행이 예측한 결과를 신뢰도별로 집계해 여기에 표시합니다.</translation>
    </message>
    <message>
        <source>{n} to review. Drag the line: less confident predictions go to Unknown.</source>
        <translation>검토할 사진 {n}장. 선을 끌면 그보다 덜 확실한 사진은 알 수 없음이 됩니다.</translation>
    </message>
    <message>
        <source>{above} at {percent} % or more · {below} below, so unknown</source>
        <translation>{percent}% 이상 {above}장 · 미만 {below}장은 알 수 없음</translation>
    </message>
    <message>
        <source>Accept all ≥ {percent} % in view…</source>
        <translation>보이는 것 중 {percent}% 이상 모두 수락…</translation>
    </message>
    <message>
        <source>Accept all in view…</source>
        <translation>보이는 것 모두 수락…</translation>
    </message>
</context>
<context>
    <name>ConfidenceSlider</name>
    <message>
        <source>Confidence below which a picture is unknown, in percent</source>
        <translation>이 값보다 낮으면 알 수 없음이 되는 신뢰도(%)</translation>
    </message>
</context>
<context>
    <name>Duplicates</name>
    <message>
        <source>Near-duplicates</source>
        <translation>거의 같은 사진</translation>
    </message>
    <message>
        <source>Groups of pictures that are almost the same. Two different labels in one group cannot both be right; copies teach nothing new.</source>
        <translation>거의 같은 사진끼리 묶은 그룹입니다. 한 그룹에 서로 다른 레이블이 있으면 모두 옳을 수는 없으며, 복사본은 학습에 보탬이 되지 않습니다.</translation>
    </message>
    <message>
        <source>Label all like the first</source>
        <translation>모두 첫 사진과 같은 레이블로</translation>
    </message>
    <message>
        <source>Remove the copies</source>
        <translation>복사본 제거</translation>
    </message>
    <message>
        <source>Leave them</source>
        <translation>그대로 두기</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>찾기</translation>
    </message>
    <message>
        <source>{n} identical pictures</source>
        <translation>똑같은 사진 {n}장</translation>
    </message>
    <message>
        <source>{n} pictures nearly alike</source>
        <translation>거의 같은 사진 {n}장</translation>
    </message>
    <message>
        <source>, different labels</source>
        <translation>, 레이블이 서로 다름</translation>
    </message>
    <message>
        <source>The first: {name}</source>
        <translation>첫 사진: {name}</translation>
    </message>
    <message>
        <source>Looking for near-duplicates…</source>
        <translation>거의 같은 사진을 찾는 중…</translation>
    </message>
    <message>
        <source>Press Esc to cancel.</source>
        <translation>취소하려면 Esc를 누르세요.</translation>
    </message>
    <message>
        <source>Not looked for yet</source>
        <translation>아직 찾아보지 않았습니다</translation>
    </message>
    <message>
        <source>Press F to compare all pictures. Those that no run has seen are looked at first, which may take a while; the window can be used meanwhile.</source>
        <translation>F를 누르면 모든 사진을 비교합니다. 아직 실행에 쓰이지 않은 사진을 먼저 읽으므로 시간이 걸릴 수 있지만, 그동안 창을 계속 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>No near-duplicates</source>
        <translation>거의 같은 사진이 없습니다</translation>
    </message>
    <message>
        <source>Press F to search again.</source>
        <translation>다시 찾으려면 F를 누르세요.</translation>
    </message>
    <message>
        <source>None of these has a label yet: label one of them, or remove the copies.</source>
        <translation>아직 레이블이 지정된 사진이 없습니다. 하나에 레이블을 지정하거나 복사본을 제거하세요.</translation>
    </message>
    <message>
        <source>Groups of near-duplicates: {n}.</source>
        <translation>거의 같은 사진 그룹: {n}개.</translation>
    </message>
</context>
<context>
    <name>ErrorReport</name>
    <message>
        <source>Something went wrong in Fewshot</source>
        <translation>Fewshot에 문제가 발생했습니다</translation>
    </message>
    <message>
        <source>This is a mistake in the program, not in what you did. Your labels are saved and you can go on working. If you report it, please add the text below.</source>
        <translation>사용자의 잘못이 아니라 프로그램의 오류입니다. 레이블은 저장되어 있으며 작업을 계속할 수 있습니다. 오류를 신고할 때는 아래 내용을 함께 보내 주세요.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>보고서</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>보고서 복사</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>복사됨</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export labels and predictions</source>
        <translation>레이블과 예측 내보내기</translation>
    </message>
    <message>
        <source>&amp;Browse…</source>
        <translation>찾아보기(&amp;B)…</translation>
    </message>
    <message>
        <source>“{name}” exists already. Replace it?</source>
        <translation>“{name}”이(가) 이미 있습니다. 바꿀까요?</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>바꾸기(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Format:</source>
        <translation>형식(&amp;F):</translation>
    </message>
    <message>
        <source>&amp;To:</source>
        <translation>저장 위치(&amp;T):</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>내보내기(&amp;E)</translation>
    </message>
    <message>
        <source>Folder in which to export</source>
        <translation>내보낼 폴더</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>내보낼 위치</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>Exporting…</source>
        <translation>내보내는 중…</translation>
    </message>
    <message>
        <source>The export was cancelled. Nothing was written to {path}.</source>
        <translation>내보내기를 취소했습니다. {path}에 아무것도 쓰지 않았습니다.</translation>
    </message>
    <message>
        <source>Exported {n} pictures to {path}.</source>
        <translation>사진 {n}장의 결과를 내보냈습니다: {path}.</translation>
    </message>
    <message>
        <source>Left out, without a label or unreadable: {n}; see manifest.csv.</source>
        <translation>레이블이 없거나 읽을 수 없어 제외됨: {n}. manifest.csv를 참고하세요.</translation>
    </message>
</context>
<context>
    <name>FetchDialog</name>
    <message>
        <source>Fetch from the internet?</source>
        <translation>인터넷에서 가져올까요?</translation>
    </message>
    <message>
        <source>Fetch 1 picture from {hosts}?</source>
        <translation>{hosts}에서 사진 1장을 가져올까요?</translation>
    </message>
    <message>
        <source>Fetch {n} pictures from {hosts}?</source>
        <translation>{hosts}에서 사진 {n}장을 가져올까요?</translation>
    </message>
    <message>
        <source>The server sees the address, your IP address and the name of this program, and nothing else about you or your pictures. What is fetched is kept beside the project.</source>
        <translation>서버는 주소와 내 IP 주소, 이 프로그램의 이름만 알 수 있으며 사용자나 사진에 관한 다른 정보는 전송되지 않습니다. 가져온 사진은 프로젝트 옆에 보관됩니다.</translation>
    </message>
    <message>
        <source>{host} (on your own network)</source>
        <translation>{host}(내 네트워크)</translation>
    </message>
    <message>
        <source>Do not ask about this again in this session</source>
        <translation>프로그램을 끝낼 때까지 다시 묻지 않기</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>가져오기</translation>
    </message>
</context>
<context>
    <name>FileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>찾는 위치(&amp;L):</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>파일 형식(&amp;T):</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Filter</source>
        <translation>필터</translation>
    </message>
    <message>
        <source>Show only pictures of a folder, or with labels of a kind, a day or a run</source>
        <translation>한 폴더의 사진, 또는 특정 종류·날짜·실행의 레이블이 붙은 사진만 표시합니다</translation>
    </message>
    <message>
        <source>End the filter {name}</source>
        <translation>필터 {name} 끝내기</translation>
    </message>
    <message>
        <source>{name}
Click to end this filter</source>
        <translation>{name}
클릭하면 이 필터를 끝냅니다</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>폴더…</translation>
    </message>
    <message>
        <source>Clear all filters</source>
        <translation>모든 필터 지우기</translation>
    </message>
</context>
<context>
    <name>FilterTabs</name>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>To review</source>
        <translation>검토 대기</translation>
    </message>
    <message>
        <source>Unlabelled</source>
        <translation>레이블 없음</translation>
    </message>
    <message>
        <source>Selected class</source>
        <translation>선택한 클래스</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>알 수 없음</translation>
    </message>
    <message>
        <source>Unreadable</source>
        <translation>읽을 수 없음</translation>
    </message>
    <message>
        <source>Disagreement</source>
        <translation>불일치</translation>
    </message>
    <message>
        <source>Which pictures to show</source>
        <translation>표시할 사진</translation>
    </message>
</context>
<context>
    <name>FolderDialog</name>
    <message>
        <source>Pictures of a folder</source>
        <translation>폴더의 사진</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>사진</translation>
    </message>
    <message>
        <source>Folders of the pictures</source>
        <translation>사진의 폴더</translation>
    </message>
</context>
<context>
    <name>FoldingTabs</name>
    <message>
        <source>More tabs</source>
        <translation>다른 탭</translation>
    </message>
</context>
<context>
    <name>GuideDialog</name>
    <message>
        <source>Guide</source>
        <translation>안내서</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>페이지 목록</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>페이지</translation>
    </message>
</context>
<context>
    <name>ImportInput</name>
    <message>
        <source>These pictures are in the project already. To paste them into a class, click it first.</source>
        <translation>이 사진들은 이미 프로젝트에 있습니다. 클래스에 붙여 넣으려면 먼저 그 클래스를 클릭하세요.</translation>
    </message>
    <message>
        <source>Add pictures to be labelled</source>
        <translation>레이블을 지정할 사진 추가</translation>
    </message>
    <message>
        <source>Add examples of {name}</source>
        <translation>“{name}” 클래스의 예시 추가</translation>
    </message>
    <message>
        <source>Add a folder of pictures to be labelled</source>
        <translation>레이블을 지정할 사진 폴더 추가</translation>
    </message>
    <message>
        <source>Add a folder that has a subfolder for each class</source>
        <translation>클래스별 하위 폴더가 있는 폴더 추가</translation>
    </message>
    <message>
        <source>Add an archive of pictures to be labelled</source>
        <translation>레이블을 지정할 사진의 압축 파일 추가</translation>
    </message>
    <message>
        <source>Add an archive that has a folder for each class</source>
        <translation>클래스별 폴더가 있는 압축 파일 추가</translation>
    </message>
    <message>
        <source>Archives ({patterns})</source>
        <translation>압축 파일 ({patterns})</translation>
    </message>
    <message>
        <source>Pictures ({patterns})</source>
        <translation>사진 ({patterns})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
    <message>
        <source>There are no pictures or folders in it.</source>
        <translation>사진이나 폴더가 들어 있지 않습니다.</translation>
    </message>
</context>
<context>
    <name>Importer</name>
    <message>
        <source>Looking for pictures…</source>
        <translation>사진을 찾는 중…</translation>
    </message>
    <message>
        <source>Adding pictures…</source>
        <translation>사진을 추가하는 중…</translation>
    </message>
    <message>
        <source>There are no pictures in what was added.</source>
        <translation>추가한 항목에 사진이 없습니다.</translation>
    </message>
    <message>
        <source>The class was removed before its pictures were found.</source>
        <translation>사진을 찾기 전에 클래스가 제거되었습니다.</translation>
    </message>
    <message>
        <source>Added {n} of {all} pictures.</source>
        <translation>사진 {all}장 중 {n}장을 추가했습니다.</translation>
    </message>
    <message>
        <source>These look like {n} classes: {names}. Make them classes?</source>
        <translation>클래스 {n}개로 보입니다: {names}. 클래스로 만들까요?</translation>
    </message>
    <message>
        <source>Leave them without labels</source>
        <translation>레이블 없이 두기</translation>
    </message>
    <message>
        <source>Make classes</source>
        <translation>클래스 만들기</translation>
    </message>
    <message>
        <source>{parts} look like the parts of a data set. Which folders are the classes?</source>
        <translation>{parts}은(는) 데이터 세트의 부분으로 보입니다. 어느 폴더가 클래스입니까?</translation>
    </message>
    <message>
        <source>The {n} in them: {names}</source>
        <translation>그 안의 {n}개: {names}</translation>
    </message>
    <message>
        <source>The folder {path} was left out: {problem}.</source>
        <translation>폴더를 제외했습니다: {path} ({problem}).</translation>
    </message>
    <message>
        <source>{n} folders were left out, among them {path}: {problem}.</source>
        <translation>폴더 {n}개를 제외했습니다. 예: {path} ({problem}).</translation>
    </message>
    <message>
        <source>{name} was left out: {reason}</source>
        <translation>제외했습니다: {name} ({reason})</translation>
    </message>
    <message>
        <source>{n} {kind}</source>
        <translation>{kind} {n}개</translation>
    </message>
    <message>
        <source>{n} files and folders were left out: {kinds}.</source>
        <translation>파일과 폴더 {n}개를 제외했습니다: {kinds}.</translation>
    </message>
    <message>
        <source>The picture was in the project already.</source>
        <translation>이 사진은 이미 프로젝트에 있었습니다.</translation>
    </message>
    <message>
        <source>All {n} pictures were in the project already.</source>
        <translation>사진 {n}장이 모두 이미 프로젝트에 있었습니다.</translation>
    </message>
    <message>
        <source>Added 1 picture.</source>
        <translation>사진 1장을 추가했습니다.</translation>
    </message>
    <message>
        <source>Added {n} pictures.</source>
        <translation>사진 {n}장을 추가했습니다.</translation>
    </message>
    <message>
        <source>{n} were in the project already.</source>
        <translation>{n}장은 이미 프로젝트에 있었습니다.</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>It cannot be read, so it cannot be compared.</source>
        <translation>읽을 수 없어 비교할 수 없습니다.</translation>
    </message>
    <message>
        <source>black and white</source>
        <translation>흑백</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>회색조</translation>
    </message>
    <message>
        <source>grey with transparency</source>
        <translation>회색조, 투명도 포함</translation>
    </message>
    <message>
        <source>grey, 16 bits</source>
        <translation>회색조, 16비트</translation>
    </message>
    <message>
        <source>grey, up to 32 bits</source>
        <translation>회색조, 최대 32비트</translation>
    </message>
    <message>
        <source>grey, floating point</source>
        <translation>회색조, 부동 소수점</translation>
    </message>
    <message>
        <source>palette of colours</source>
        <translation>색상 팔레트</translation>
    </message>
    <message>
        <source>palette with transparency</source>
        <translation>색상 팔레트, 투명도 포함</translation>
    </message>
    <message>
        <source>colour (RGB)</source>
        <translation>컬러(RGB)</translation>
    </message>
    <message>
        <source>colour with transparency (RGBA)</source>
        <translation>컬러, 투명도 포함(RGBA)</translation>
    </message>
    <message>
        <source>colour for print (CMYK)</source>
        <translation>인쇄용 컬러(CMYK)</translation>
    </message>
    <message>
        <source>colour (YCbCr)</source>
        <translation>컬러(YCbCr)</translation>
    </message>
    <message>
        <source>colour (Lab)</source>
        <translation>컬러(Lab)</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>직접 지정</translation>
    </message>
    <message>
        <source>accepted from a run</source>
        <translation>실행 결과에서 수락</translation>
    </message>
    <message>
        <source>by its folder</source>
        <translation>폴더에서 가져옴</translation>
    </message>
    <message>
        <source>today, {clock}</source>
        <translation>오늘 {clock}</translation>
    </message>
    <message>
        <source>yesterday, {clock}</source>
        <translation>어제 {clock}</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <translation>yyyy년 M월 d일</translation>
    </message>
    <message>
        <source>Label removed</source>
        <translation>레이블 제거됨</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>알 수 없음</translation>
    </message>
    <message>
        <source>accepted from run {n}</source>
        <translation>{n}번 실행에서 수락</translation>
    </message>
    <message>
        <source>at an unknown time</source>
        <translation>시각을 알 수 없음</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source> ({n} megapixels)</source>
        <translation> ({n}메가픽셀)</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>픽셀</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>형식</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>색상</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>수정한 날짜</translation>
    </message>
    <message>
        <source>d MMMM yyyy, hh:mm</source>
        <translation>yyyy년 M월 d일 hh:mm</translation>
    </message>
    <message>
        <source>{used} of {stored} bits used</source>
        <translation>{stored}비트 중 {used}비트 사용</translation>
    </message>
    <message>
        <source>{page} of {count}</source>
        <translation>{page} / {count}</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>페이지</translation>
    </message>
    <message>
        <source>Colour profile</source>
        <translation>색상 프로필</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>배경</translation>
    </message>
    <message>
        <source>transparent, shown black</source>
        <translation>투명, 검은색으로 표시</translation>
    </message>
    <message>
        <source>{n} % of the pixels</source>
        <translation>픽셀의 {n}%</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>없는 부분</translation>
    </message>
</context>
<context>
    <name>InspectorView</name>
    <message>
        <source>Choose a picture to see it here.</source>
        <translation>사진을 선택하면 여기에 표시됩니다.</translation>
    </message>
</context>
<context>
    <name>IssueList</name>
    <message>
        <source>Issues</source>
        <translation>문제</translation>
    </message>
</context>
<context>
    <name>IssuePane</name>
    <message>
        <source>Kind of issue</source>
        <translation>문제 종류</translation>
    </message>
    <message>
        <source>Show among the pictures</source>
        <translation>사진 목록에서 보기</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Show {n} dismissed again</source>
        <translation>숨긴 {n}건 다시 표시</translation>
    </message>
</context>
<context>
    <name>KeyDialog</name>
    <message>
        <source>Key of {name}</source>
        <translation>“{name}” 클래스의 키</translation>
    </message>
    <message>
        <source>It is {key} now.</source>
        <translation>지금 키: {key}</translation>
    </message>
    <message>
        <source>It has none now.</source>
        <translation>지금은 키가 없습니다.</translation>
    </message>
    <message>
        <source>Press the letter or digit that is to label pictures as “{name}”.</source>
        <translation>사진을 “{name}” 클래스로 지정할 때 쓸 글자나 숫자 키를 누르세요.</translation>
    </message>
    <message>
        <source>&amp;No key</source>
        <translation>키 없음(&amp;N)</translation>
    </message>
</context>
<context>
    <name>LabelMoves</name>
    <message>
        <source>1 picture removed from the project.</source>
        <translation>사진 1장을 프로젝트에서 제거했습니다.</translation>
    </message>
    <message>
        <source>{n} pictures removed from the project.</source>
        <translation>사진 {n}장을 프로젝트에서 제거했습니다.</translation>
    </message>
    <message>
        <source>{n} moved from {old} to {new}.</source>
        <translation>{n}장을 {old}에서 {new}(으)로 옮겼습니다.</translation>
    </message>
    <message>
        <source>{n} moved from other classes to {new}.</source>
        <translation>{n}장을 다른 클래스에서 {new}(으)로 옮겼습니다.</translation>
    </message>
    <message>
        <source>{n} moved from one class to another.</source>
        <translation>{n}장을 다른 클래스로 옮겼습니다.</translation>
    </message>
    <message>
        <source>“{name}” was removed, and 1 picture has no label any more.</source>
        <translation>“{name}”을(를) 제거했습니다. 이제 사진 1장에 레이블이 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” was removed, and {n} pictures have no label any more.</source>
        <translation>“{name}”을(를) 제거했습니다. 이제 사진 {n}장에 레이블이 없습니다.</translation>
    </message>
    <message>
        <source>1 label removed.</source>
        <translation>레이블 1개를 제거했습니다.</translation>
    </message>
    <message>
        <source>{n} labels removed.</source>
        <translation>레이블 {n}개를 제거했습니다.</translation>
    </message>
</context>
<context>
    <name>Labeling</name>
    <message>
        <source>Nothing to accept: no selected picture has a prediction.</source>
        <translation>수락할 것이 없습니다. 선택한 사진 중 예측이 있는 사진이 없습니다.</translation>
    </message>
    <message>
        <source>Nothing to accept: no prediction in view is confident enough.</source>
        <translation>수락할 것이 없습니다. 보이는 사진 중 충분히 확실한 예측이 없습니다.</translation>
    </message>
    <message>
        <source>The predictions have changed meanwhile, so they were counted again.</source>
        <translation>그사이 예측이 바뀌어 다시 세었습니다.</translation>
    </message>
</context>
<context>
    <name>LargeView</name>
    <message>
        <source>Large view</source>
        <translation>크게 보기</translation>
    </message>
    <message>
        <source>Previous picture (Left)</source>
        <translation>이전 사진(왼쪽 화살표)</translation>
    </message>
    <message>
        <source>Next picture (Right)</source>
        <translation>다음 사진(오른쪽 화살표)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Back to all pictures (Escape)</source>
        <translation>모든 사진으로 돌아가기(Esc)</translation>
    </message>
    <message>
        <source>{place} of {count}</source>
        <translation>{place} / {count}</translation>
    </message>
</context>
<context>
    <name>Locator</name>
    <message>
        <source>No picture is missing.</source>
        <translation>없어진 사진이 없습니다.</translation>
    </message>
    <message>
        <source>1 picture is missing: {path}.</source>
        <translation>사진 1장이 없어졌습니다: {path}.</translation>
    </message>
    <message>
        <source>{n} pictures are missing, for example {path}.</source>
        <translation>사진 {n}장이 없어졌습니다. 예: {path}.</translation>
    </message>
    <message>
        <source>Choose their folder…</source>
        <translation>폴더 선택…</translation>
    </message>
    <message>
        <source>Choose a folder that holds missing pictures</source>
        <translation>없어진 사진이 들어 있는 폴더 선택</translation>
    </message>
    <message>
        <source>None of the missing pictures is in {folder}.</source>
        <translation>이 폴더에는 없어진 사진이 없습니다: {folder}.</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>다른 폴더 선택…</translation>
    </message>
    <message>
        <source>Found {n} of {total} missing pictures, for example {path}.</source>
        <translation>없어진 사진 {total}장 중 {n}장을 찾았습니다. 예: {path}.</translation>
    </message>
    <message>
        <source>Use what was found</source>
        <translation>찾은 사진 사용</translation>
    </message>
    <message>
        <source>Looking for missing pictures…</source>
        <translation>없어진 사진을 찾는 중…</translation>
    </message>
</context>
<context>
    <name>LongGestures</name>
    <message>
        <source>Wait until the present change has finished, or press Esc to stop it.</source>
        <translation>지금 하는 작업이 끝날 때까지 기다리거나 Esc를 눌러 끝내세요.</translation>
    </message>
    <message>
        <source>{gesture}: stopped after {n}. Undo takes them back.</source>
        <translation>{gesture}: {n}개까지 하고 멈췄습니다. 실행 취소하면 모두 되돌립니다.</translation>
    </message>
    <message>
        <source>{gesture}: stopped after {n}, as the class was removed. Undo brings it back with its labels.</source>
        <translation>{gesture}: 클래스가 제거되어 {n}개까지 하고 멈췄습니다. 실행 취소하면 클래스와 그 레이블이 돌아옵니다.</translation>
    </message>
    <message>
        <source>{gesture}: {n} done. Pictures of a class that was removed meanwhile have no label.</source>
        <translation>{gesture}: {n}개를 했습니다. 그사이 제거된 클래스의 사진에는 레이블이 없습니다.</translation>
    </message>
</context>
<context>
    <name>LoopPicture</name>
    <message>
        <source>Drop examples</source>
        <translation>예시 놓기</translation>
    </message>
    <message>
        <source>On the left: a folder of three to five for each class</source>
        <translation>왼쪽에: 클래스마다 3~5장이 든 폴더</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Drop the pictures to be labelled here, and press Run</source>
        <translation>레이블을 지정할 사진을 여기에 놓고 실행을 누르세요</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>검토</translation>
    </message>
    <message>
        <source>Accept what is right, correct what is not</source>
        <translation>맞으면 수락하고 틀리면 고치세요</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <source>Export the labels</source>
        <translation>레이블을 내보내세요</translation>
    </message>
    <message>
        <source>Each correction is one more example</source>
        <translation>고칠 때마다 예시가 하나 늘어납니다</translation>
    </message>
    <message>
        <source>How it works</source>
        <translation>사용 방법</translation>
    </message>
    <message>
        <source>Choose a folder that has a subfolder for each class</source>
        <translation>클래스마다 하위 폴더가 있는 폴더 선택</translation>
    </message>
    <message>
        <source>Choose pictures</source>
        <translation>사진 선택</translation>
    </message>
</context>
<context>
    <name>LossPlot</name>
    <message>
        <source>Adaptation loss</source>
        <translation>적응 손실</translation>
    </message>
    <message>
        <source>Loss: how far the classifier is from the labels of the examples; lower is better.
Leave-one-out: each example is classified by the others, as if its label were not known.
On the examples themselves: 100 % promises nothing for other pictures.</source>
        <translation>손실: 분류기가 예시의 레이블에서 얼마나 벗어나 있는지를 나타냅니다. 낮을수록 좋습니다.
하나 남기기: 각 예시를 레이블을 모르는 것처럼 나머지 예시로 분류합니다.
예시 자체에서: 100 %라도 다른 사진에 대해서는 아무것도 보장하지 않습니다.</translation>
    </message>
    <message>
        <source>step</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>loss (solid)</source>
        <translation>손실(실선)</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>손실</translation>
    </message>
    <message>
        <source>accuracy % (dashed)</source>
        <translation>정확도 %(점선)</translation>
    </message>
    <message>
        <source>accuracy %</source>
        <translation>정확도 %</translation>
    </message>
    <message>
        <source>The loss appears here while the model adapts.</source>
        <translation>모델이 적응하는 동안 손실이 여기에 표시됩니다.</translation>
    </message>
    <message>
        <source>step {step} of {total} · loss {loss} (leave-one-out)</source>
        <translation>{total}단계 중 {step}단계 · 손실 {loss} (하나씩 제외)</translation>
    </message>
    <message>
        <source>step {step} of {total} · loss {loss} · accuracy {accuracy} %</source>
        <translation>{step}/{total}단계 · 손실 {loss} · 정확도 {accuracy}%</translation>
    </message>
    <message>
        <source>on the examples themselves</source>
        <translation>예시 자체에서</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>검증</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Loading the engine…</source>
        <translation>엔진을 불러오는 중…</translation>
    </message>
    <message>
        <source>Map of the pictures</source>
        <translation>사진 지도</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>신뢰도</translation>
    </message>
    <message>
        <source>Adaptation</source>
        <translation>적응</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>검사기</translation>
    </message>
    <message>
        <source>&amp;Label as</source>
        <translation>레이블 지정(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Pictures</source>
        <translation>사진(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>파일(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>편집(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>실행(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>보기(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>도움말(&amp;H)</translation>
    </message>
    <message>
        <source>Undone: {gesture}</source>
        <translation>실행 취소함: {gesture}</translation>
    </message>
    <message>
        <source>Redone: {gesture}</source>
        <translation>다시 실행함: {gesture}</translation>
    </message>
    <message>
        <source>Export the pictures of {name}</source>
        <translation>{name}의 사진 내보내기</translation>
    </message>
    <message>
        <source>No picture is unknown yet: drop some here, or press U.</source>
        <translation>아직 알 수 없음인 사진이 없습니다. 여기에 놓거나 U를 누르세요.</translation>
    </message>
    <message>
        <source> (read-only)</source>
        <translation> (읽기 전용)</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>병합</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>실행 취소</translation>
    </message>
    <message>
        <source>Read-only: {reason}</source>
        <translation>읽기 전용: {reason}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Label every picture that has no label (Ctrl+R)</source>
        <translation>레이블이 없는 모든 사진에 레이블 지정(Ctrl+R)</translation>
    </message>
    <message>
        <source>Press Run: every picture without a label gets one.</source>
        <translation>실행을 누르면 레이블이 없는 모든 사진에 레이블이 붙습니다.</translation>
    </message>
    <message>
        <source>{reason}
Once that is done, open Fewshot again to find it in the menu.</source>
        <translation>{reason}
완료한 뒤 Fewshot을 다시 열면 메뉴에 나타납니다.</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>명령 복사</translation>
    </message>
    <message>
        <source>Copied: {command}</source>
        <translation>복사됨: {command}</translation>
    </message>
    <message>
        <source>No engine</source>
        <translation>엔진 없음</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>보고서 보기</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>The window closes when the export is written. Close it again to quit at once.</source>
        <translation>내보내기가 끝나면 창이 닫힙니다. 바로 끝내려면 한 번 더 닫으세요.</translation>
    </message>
    <message>
        <source>Stay open</source>
        <translation>열어 두기</translation>
    </message>
    <message>
        <source>Show list…</source>
        <translation>목록 보기…</translation>
    </message>
    <message>
        <source>&amp;Unavailable algorithms and backbones</source>
        <translation>사용할 수 없는 알고리즘과 백본(&amp;U)</translation>
    </message>
    <message>
        <source>Close again to quit anyway.</source>
        <translation>그래도 끝내려면 한 번 더 닫으세요.</translation>
    </message>
</context>
<context>
    <name>MapHover</name>
    <message>
        <source>no label yet</source>
        <translation>아직 레이블 없음</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Theme</source>
        <translation>테마(&amp;T)</translation>
    </message>
    <message>
        <source>Toolbar</source>
        <translation>도구 모음</translation>
    </message>
</context>
<context>
    <name>MergeDialog</name>
    <message>
        <source>Merge {name}</source>
        <translation>{name} 병합</translation>
    </message>
    <message>
        <source>“{name}” is removed, and its pictures get the class that you choose:</source>
        <translation>“{name}” 클래스는 제거되고, 그 사진들은 여기서 고르는 클래스가 됩니다:</translation>
    </message>
    <message>
        <source>Search by name</source>
        <translation>이름으로 검색</translation>
    </message>
    <message>
        <source>The class to merge into</source>
        <translation>병합할 대상 클래스</translation>
    </message>
    <message>
        <source>&amp;Merge</source>
        <translation>병합(&amp;M)</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Dismiss</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Dismiss the message</source>
        <translation>메시지 닫기</translation>
    </message>
    <message>
        <source>+ {n} more</source>
        <translation>+ {n}개 더</translation>
    </message>
</context>
<context>
    <name>MetaTrainer</name>
    <message>
        <source>A training is in progress: start another when it has ended.</source>
        <translation>학습이 진행 중입니다. 끝난 뒤에 다른 학습을 시작하세요.</translation>
    </message>
    <message>
        <source>“{name}” will be trained after the run: start another when it has ended.</source>
        <translation>실행이 끝나면 “{name}” 학습을 시작합니다. 그 학습이 끝난 뒤에 다른 학습을 시작하세요.</translation>
    </message>
    <message>
        <source>The training starts after the run.</source>
        <translation>실행이 끝나면 학습이 시작됩니다.</translation>
    </message>
    <message>
        <source>Start the training</source>
        <translation>학습 시작</translation>
    </message>
    <message>
        <source>Continue the training</source>
        <translation>학습 계속</translation>
    </message>
    <message>
        <source>“{name}” is trained. Validation on {judged}.</source>
        <translation>“{name}” 학습을 마쳤습니다. 검증 결과 – {judged}.</translation>
    </message>
    <message>
        <source>“{name}” was stopped, and can be continued.</source>
        <translation>“{name}” 학습을 중지했습니다. 이어서 계속할 수 있습니다.</translation>
    </message>
    <message>
        <source>Run ▸ Meta-train on my classes… continues it.</source>
        <translation>실행 ▸ 내 클래스로 메타 학습…에서 계속할 수 있습니다.</translation>
    </message>
    <message>
        <source>Added to the algorithm menu as “{entry}”, chosen for the next run.</source>
        <translation>알고리즘 메뉴에 “{entry}” 항목으로 추가되었으며 다음 실행에 쓰도록 선택되었습니다.</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>보고서 보기</translation>
    </message>
    <message>
        <source>Meta-training “{name}”</source>
        <translation>“{name}” 메타 학습</translation>
    </message>
    <message>
        <source>The training of “{name}” is not finished.</source>
        <translation>“{name}” 학습이 끝나지 않았습니다.</translation>
    </message>
    <message>
        <source>The training of “{name}” was not started, because the run before it was cancelled.</source>
        <translation>앞선 실행이 취소되어 “{name}” 학습을 시작하지 않았습니다.</translation>
    </message>
</context>
<context>
    <name>MetaTrainingDialog</name>
    <message>
        <source>Meta-train on my classes</source>
        <translation>내 클래스로 메타 학습</translation>
    </message>
    <message>
        <source>what the algorithm menu will call it</source>
        <translation>알고리즘 메뉴에 표시할 이름</translation>
    </message>
    <message>
        <source>The &amp;labelled pictures of this project</source>
        <translation>이 프로젝트의 레이블 지정된 사진(&amp;L)</translation>
    </message>
    <message>
        <source>Folders and zips to learn from</source>
        <translation>학습에 쓸 폴더와 zip 파일</translation>
    </message>
    <message>
        <source>Add &amp;folder…</source>
        <translation>폴더 추가(&amp;F)…</translation>
    </message>
    <message>
        <source>Add &amp;zip…</source>
        <translation>zip 파일 추가(&amp;Z)…</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>제거(&amp;R)</translation>
    </message>
    <message>
        <source>Classes per episode</source>
        <translation>에피소드당 클래스</translation>
    </message>
    <message>
        <source>Examples per class</source>
        <translation>클래스당 예시</translation>
    </message>
    <message>
        <source>How many classes each episode, a small task to practise on, is drawn with</source>
        <translation>에피소드(연습용 작은 과제) 하나에 들어가는 클래스 수</translation>
    </message>
    <message>
        <source>How many labelled examples of each class an episode has</source>
        <translation>에피소드에 들어가는 클래스별 레이블 지정 예시 수</translation>
    </message>
    <message>
        <source>How many further pictures of each class an episode is judged on</source>
        <translation>에피소드 평가에 쓰는 클래스별 추가 사진 수</translation>
    </message>
    <message>
        <source>How long it trains</source>
        <translation>학습을 계속할 길이</translation>
    </message>
    <message>
        <source>Another number draws other episodes, and other classes to validate on</source>
        <translation>다른 숫자를 넣으면 에피소드와 검증용 클래스가 달라집니다</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>이름(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Algorithm</source>
        <translation>알고리즘(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Backbone</source>
        <translation>백본(&amp;B)</translation>
    </message>
    <message>
        <source>Learn from</source>
        <translation>학습 데이터</translation>
    </message>
    <message>
        <source>Folders of classes</source>
        <translation>클래스 폴더</translation>
    </message>
    <message>
        <source>&amp;Classes per episode</source>
        <translation>에피소드당 클래스(&amp;C)</translation>
    </message>
    <message>
        <source>E&amp;xamples per class</source>
        <translation>클래스당 예시(&amp;X)</translation>
    </message>
    <message>
        <source>&amp;Queries per class</source>
        <translation>클래스당 쿼리(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Episodes in all</source>
        <translation>전체 에피소드(&amp;E)</translation>
    </message>
    <message>
        <source>See&amp;d</source>
        <translation>시드(&amp;D)</translation>
    </message>
    <message>
        <source>De&amp;vice</source>
        <translation>장치(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Start training</source>
        <translation>학습 시작(&amp;S)</translation>
    </message>
    <message>
        <source>Automatic ({device})</source>
        <translation>자동: {device}</translation>
    </message>
    <message>
        <source>Give up the training of {title}?</source>
        <translation>{title} 학습을 포기할까요?</translation>
    </message>
    <message>
        <source>&amp;Give up</source>
        <translation>포기(&amp;G)</translation>
    </message>
    <message>
        <source>What it learned is deleted.</source>
        <translation>지금까지 학습한 것이 삭제됩니다.</translation>
    </message>
    <message>
        <source>There is a “{name}” already: choose another name.</source>
        <translation>“{name}” 이름이 이미 있습니다. 다른 이름을 선택하세요.</translation>
    </message>
    <message>
        <source>A training of “{name}” is not finished: continue it, or choose another name.</source>
        <translation>“{name}” 학습이 끝나지 않았습니다. 계속하거나 다른 이름을 선택하세요.</translation>
    </message>
    <message>
        <source>There is nothing to learn from: label pictures, or add a folder of classes.</source>
        <translation>학습할 데이터가 없습니다. 사진에 레이블을 지정하거나 클래스 폴더를 추가하세요.</translation>
    </message>
    <message>
        <source>This project has too few classes with enough labelled pictures, see above.</source>
        <translation>레이블 지정된 사진이 충분한 클래스가 부족합니다. 위 내용을 확인하세요.</translation>
    </message>
    <message>
        <source>{n} of {all} classes have the {least} pictures that are needed.</source>
        <translation>클래스 {all}개 중 {n}개에 필요한 사진 {least}장이 있습니다.</translation>
    </message>
    <message>
        <source>{learn} for training, {apart} held out for validation.</source>
        <translation>학습용 {learn}개, 검증용으로 떼어 둔 것 {apart}개.</translation>
    </message>
    <message>
        <source>{needed} such classes are needed: {learn} to learn from, 2 others to validate on.</source>
        <translation>이런 클래스가 {needed}개 필요합니다. {learn}개는 학습, 나머지 2개는 검증에 씁니다.</translation>
    </message>
    <message>
        <source>“{name}” lacks {n}</source>
        <translation>“{name}” {n}장 부족</translation>
    </message>
    <message>
        <source>Folder with a folder of pictures for each class</source>
        <translation>클래스별 사진 폴더가 있는 폴더</translation>
    </message>
    <message>
        <source>Zips with a folder of pictures for each class</source>
        <translation>클래스별 사진 폴더가 있는 zip 파일</translation>
    </message>
    <message>
        <source>Zips (*.zip)</source>
        <translation>zip 파일 (*.zip)</translation>
    </message>
</context>
<context>
    <name>Names</name>
    <message>
        <source>Reading the names…</source>
        <translation>이름을 읽는 중…</translation>
    </message>
</context>
<context>
    <name>NearestFinder</name>
    <message>
        <source>The engine is still loading.</source>
        <translation>엔진을 아직 불러오는 중입니다.</translation>
    </message>
    <message>
        <source>No other picture has a label yet.</source>
        <translation>아직 레이블이 지정된 다른 사진이 없습니다.</translation>
    </message>
    <message>
        <source>Waiting for the run to end…</source>
        <translation>실행이 끝나기를 기다리는 중…</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>비교하는 중…</translation>
    </message>
    <message>
        <source>No picture that has a label can be read.</source>
        <translation>레이블이 지정된 사진 중 읽을 수 있는 것이 없습니다.</translation>
    </message>
</context>
<context>
    <name>NearestList</name>
    <message>
        <source>Most alike among the labelled pictures</source>
        <translation>레이블 지정된 사진 중 가장 비슷한 사진</translation>
    </message>
</context>
<context>
    <name>OptionsButton</name>
    <message>
        <source>&amp;Options…</source>
        <translation>옵션(&amp;O)…</translation>
    </message>
    <message>
        <source>Not at the defaults: {changed}</source>
        <translation>기본값이 아닌 옵션: {changed}</translation>
    </message>
    <message>
        <source>All at their defaults: {titles}</source>
        <translation>모두 기본값: {titles}</translation>
    </message>
    <message>
        <source>{algorithm} has no options</source>
        <translation>{algorithm}: 옵션 없음</translation>
    </message>
</context>
<context>
    <name>OptionsDialog</name>
    <message>
        <source>Options of {algorithm}</source>
        <translation>{algorithm} 옵션</translation>
    </message>
    <message>
        <source>&amp;Reset to defaults</source>
        <translation>기본값으로 되돌리기(&amp;R)</translation>
    </message>
    <message>
        <source>on</source>
        <translation>켬</translation>
    </message>
    <message>
        <source>off</source>
        <translation>끔</translation>
    </message>
    <message>
        <source>Default: {value}.</source>
        <translation>기본값: {value}.</translation>
    </message>
    <message>
        <source>{low} to {high}. </source>
        <translation>{low}~{high}. </translation>
    </message>
</context>
<context>
    <name>Ordering</name>
    <message>
        <source>Select one or more pictures first, then press M to find similar ones.</source>
        <translation>먼저 사진을 한 장 이상 선택한 뒤 M을 누르면 비슷한 사진을 찾습니다.</translation>
    </message>
    <message>
        <source>The pictures most like the selection come first.</source>
        <translation>선택한 사진과 가장 비슷한 사진부터 표시합니다.</translation>
    </message>
    <message>
        <source>Every picture has a label.</source>
        <translation>모든 사진에 레이블이 있습니다.</translation>
    </message>
    <message>
        <source>First come {n} pictures unlike each other and unlike the labelled ones.</source>
        <translation>서로 다르고 레이블 지정된 사진과도 다른 사진 {n}장을 먼저 표시합니다.</translation>
    </message>
</context>
<context>
    <name>PauseButton</name>
    <message>
        <source>Preparing {done} / {total}</source>
        <translation>준비 중 {done} / {total}</translation>
    </message>
    <message>
        <source>Run answers sooner for pictures that are prepared. Click to pause.</source>
        <translation>준비된 사진은 실행할 때 더 빨리 결과가 나옵니다. 클릭하면 일시 중지합니다.</translation>
    </message>
    <message>
        <source>Run answers sooner for pictures that are prepared. Click to continue.</source>
        <translation>준비된 사진은 실행할 때 더 빨리 결과가 나옵니다. 클릭하면 계속합니다.</translation>
    </message>
    <message>
        <source>Preparing paused</source>
        <translation>준비 일시 중지됨</translation>
    </message>
</context>
<context>
    <name>PictureDetails</name>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Copy these facts</source>
        <translation>이 정보 복사</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Most alike among the labelled</source>
        <translation>레이블 지정된 사진 중 가장 비슷한 사진</translation>
    </message>
    <message>
        <source>History</source>
        <translation>기록</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>It has had no label yet.</source>
        <translation>아직 레이블을 지정한 적이 없습니다.</translation>
    </message>
    <message>
        <source>The facts about the file are on the clipboard.</source>
        <translation>파일 정보를 클립보드에 복사했습니다.</translation>
    </message>
    <message>
        <source>Labelled {name}</source>
        <translation>레이블: {name}</translation>
    </message>
    <message>
        <source>The last run could not read it: {reason}.</source>
        <translation>지난 실행에서 읽지 못했습니다: {reason}.</translation>
    </message>
    <message>
        <source>No label, and no run has looked at it yet.</source>
        <translation>레이블이 없고 아직 실행에 쓰이지 않았습니다.</translation>
    </message>
    <message>
        <source>Unknown: at {p}, the most probable class is not confident enough.</source>
        <translation>알 수 없음: 가장 유력한 클래스도 {p}로 충분히 확실하지 않습니다.</translation>
    </message>
    <message>
        <source>Predicted {name}, {p}</source>
        <translation>예측: {name}, {p}</translation>
    </message>
</context>
<context>
    <name>PictureFiles</name>
    <message>
        <source>Copied: {path}</source>
        <translation>복사함: {path}</translation>
    </message>
    <message>
        <source>Copied {n} paths.</source>
        <translation>경로 {n}개를 복사했습니다.</translation>
    </message>
    <message>
        <source>The file was not found: {path}</source>
        <translation>파일을 찾을 수 없습니다: {path}</translation>
    </message>
</context>
<context>
    <name>PictureFilter</name>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>레이블</translation>
    </message>
    <message>
        <source>Labelled on</source>
        <translation>레이블을 붙인 날</translation>
    </message>
    <message>
        <source>Accepted from run</source>
        <translation>수락한 예측의 실행</translation>
    </message>
    <message>
        <source>given by hand</source>
        <translation>직접 붙임</translation>
    </message>
    <message>
        <source>accepted prediction</source>
        <translation>예측을 수락함</translation>
    </message>
    <message>
        <source>from a class folder</source>
        <translation>클래스 폴더에서 옴</translation>
    </message>
</context>
<context>
    <name>PictureGrid</name>
    <message>
        <source>Pictures</source>
        <translation>사진</translation>
    </message>
</context>
<context>
    <name>PictureMenus</name>
    <message>
        <source>&amp;Order</source>
        <translation>순서(&amp;O)</translation>
    </message>
</context>
<context>
    <name>PictureModel</name>
    <message>
        <source>labelled {name}</source>
        <translation>레이블: {name}</translation>
    </message>
    <message>
        <source>predicted {name}, {confidence}</source>
        <translation>예측: {name}, {confidence}</translation>
    </message>
    <message>
        <source>predicted unknown: {name} at only {confidence}</source>
        <translation>예측: 알 수 없음({name} {confidence}에 불과)</translation>
    </message>
    <message>
        <source>not by the run in progress yet</source>
        <translation>진행 중인 실행의 예측이 아직 아님</translation>
    </message>
    <message>
        <source>compared: first run {first}, second run {second}</source>
        <translation>비교: 첫째 실행 {first}, 둘째 실행 {second}</translation>
    </message>
    <message>
        <source>cannot be read: {reason}</source>
        <translation>읽을 수 없음: {reason}</translation>
    </message>
    <message>
        <source>no label yet</source>
        <translation>아직 레이블 없음</translation>
    </message>
</context>
<context>
    <name>PicturePane</name>
    <message>
        <source>In order of adding</source>
        <translation>추가한 순서</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>최신순</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>이름순</translation>
    </message>
    <message>
        <source>By class</source>
        <translation>클래스별</translation>
    </message>
    <message>
        <source>By folder</source>
        <translation>폴더순</translation>
    </message>
    <message>
        <source>Least sure first</source>
        <translation>확신이 낮은 순</translation>
    </message>
    <message>
        <source>Most sure first</source>
        <translation>확신이 높은 순</translation>
    </message>
    <message>
        <source>Closest call first</source>
        <translation>차이가 작은 순</translation>
    </message>
    <message>
        <source>Diverse first</source>
        <translation>다양한 순</translation>
    </message>
    <message>
        <source>Similar to the selection</source>
        <translation>선택과 비슷한 순</translation>
    </message>
    <message>
        <source>Disagreement between two runs</source>
        <translation>두 실행의 차이순</translation>
    </message>
    <message>
        <source>Order of the pictures</source>
        <translation>사진 순서</translation>
    </message>
    <message>
        <source>New order ready</source>
        <translation>새 순서 준비됨</translation>
    </message>
    <message>
        <source>There are new predictions: sort by them, and begin at the top (Ctrl+L)</source>
        <translation>새 예측이 있습니다. 새 예측으로 정렬하고 맨 위에서 시작합니다 (Ctrl+L)</translation>
    </message>
    <message>
        <source>Copied 1 picture.</source>
        <translation>사진 1장을 복사했습니다.</translation>
    </message>
    <message>
        <source>Copied {n} pictures.</source>
        <translation>사진 {n}장을 복사했습니다.</translation>
    </message>
    <message>
        <source>These pictures were removed from the project.</source>
        <translation>거기에 표시된 사진은 프로젝트에서 제거되었습니다.</translation>
    </message>
    <message>
        <source>{n} shown</source>
        <translation>{n}장 표시</translation>
    </message>
    <message>
        <source> · {n} selected</source>
        <translation> · {n}장 선택</translation>
    </message>
    <message>
        <source>Label pictures from a few examples</source>
        <translation>예시 몇 장으로 사진에 레이블 지정</translation>
    </message>
    <message>
        <source>1. On the left, drop a folder of three to five examples for each class.
2. Here, drop the pictures to be labelled.
3. Press Run.</source>
        <translation>1. 왼쪽에 클래스마다 예시 3~5장이 든 폴더를 놓으세요.
2. 여기에 레이블을 지정할 사진을 놓으세요.
3. 실행을 누르세요.</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>검색</translation>
    </message>
    <message>
        <source>Search by name, folder or class</source>
        <translation>이름, 폴더 또는 클래스로 검색</translation>
    </message>
    <message>
        <source>Show only pictures with this in the name of the file, its folder or its class (Ctrl+F)</source>
        <translation>파일, 폴더 또는 클래스 이름에 이 글자가 있는 사진만 표시합니다 (Ctrl+F)</translation>
    </message>
    <message>
        <source>Size of the thumbnails</source>
        <translation>미리 보기 사진의 크기</translation>
    </message>
    <message>
        <source>Size of the thumbnails (Ctrl and the wheel)</source>
        <translation>미리 보기 사진의 크기 (Ctrl과 휠)</translation>
    </message>
    <message>
        <source>No picture here has “{name}” in its name, folder or class</source>
        <translation>이름, 폴더, 클래스에 “{name}”이(가) 있는 사진이 여기에 없습니다</translation>
    </message>
    <message>
        <source>Clear the search, or look under All.</source>
        <translation>검색어를 지우거나 전체에서 찾아보세요.</translation>
    </message>
    <message>
        <source>No picture here passes the filters</source>
        <translation>필터를 통과하는 사진이 없습니다</translation>
    </message>
    <message>
        <source>End a filter with a click on it, or look under All.</source>
        <translation>필터를 클릭해 끝내거나 전체 탭을 보십시오.</translation>
    </message>
    <message>
        <source>Nothing to review</source>
        <translation>검토할 사진이 없습니다</translation>
    </message>
    <message>
        <source>Predictions are listed here until you accept or correct them.</source>
        <translation>실행이 예측한 결과는 수락하거나 고칠 때까지 여기에 표시됩니다.</translation>
    </message>
    <message>
        <source>Every picture has a label</source>
        <translation>모든 사진에 레이블이 있습니다</translation>
    </message>
    <message>
        <source>Drop more here to go on.</source>
        <translation>계속하려면 사진을 더 놓으세요.</translation>
    </message>
    <message>
        <source>No pictures of this class</source>
        <translation>이 클래스의 사진이 없습니다</translation>
    </message>
    <message>
        <source>Choose a class on the left, and drop examples on it.</source>
        <translation>왼쪽에서 클래스를 선택하고 예시를 놓으세요.</translation>
    </message>
    <message>
        <source>No unknown pictures</source>
        <translation>알 수 없는 사진이 없습니다</translation>
    </message>
    <message>
        <source>Press U to say that a picture belongs to no class.</source>
        <translation>어느 클래스에도 속하지 않는 사진이면 U를 누르세요.</translation>
    </message>
    <message>
        <source>No unreadable pictures</source>
        <translation>읽을 수 없는 사진이 없습니다</translation>
    </message>
    <message>
        <source>Pictures that a run cannot read are listed here with the reason.</source>
        <translation>실행에서 읽지 못한 사진이 이유와 함께 여기에 표시됩니다.</translation>
    </message>
    <message>
        <source>No such pictures</source>
        <translation>해당하는 사진이 없습니다</translation>
    </message>
    <message>
        <source>The predictions of two runs are compared here: Run ▸ Compare two runs.</source>
        <translation>같은 사진에 대한 두 실행의 결과를 여기에서 비교합니다: 실행 ▸ 두 실행 비교.</translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>Picture</source>
        <translation>사진</translation>
    </message>
    <message>
        <source>The picture; turn the wheel to look closer</source>
        <translation>사진. 휠을 돌리면 확대됩니다</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>여는 중…</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>빈 파일입니다.</translation>
    </message>
    <message>
        <source>The file ends before the picture does. Was it copied completely?</source>
        <translation>사진이 끝나기 전에 파일이 끝납니다. 끝까지 복사되었는지 확인하세요.</translation>
    </message>
    <message>
        <source>The file begins like a picture, but is damaged.</source>
        <translation>사진 파일처럼 시작하지만 손상되어 있습니다.</translation>
    </message>
    <message>
        <source>The file is no picture of any format that is known here.</source>
        <translation>지원하는 형식의 사진 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>Files of this kind cannot be read: {kind}. Convert the file to PNG or JPEG.</source>
        <translation>이 종류의 파일은 읽을 수 없습니다({kind}). PNG나 JPEG로 변환하세요.</translation>
    </message>
    <message>
        <source>The picture is too large for this program or for the memory.</source>
        <translation>이 프로그램이나 메모리로 처리하기에는 사진이 너무 큽니다.</translation>
    </message>
    <message>
        <source>This is a folder or a device, not a file.</source>
        <translation>파일이 아니라 폴더나 장치입니다.</translation>
    </message>
    <message>
        <source>The file is not there any more. File ▸ Locate missing pictures finds it.</source>
        <translation>파일이 더 이상 없습니다. 파일 ▸ 없어진 사진 찾기로 찾을 수 있습니다.</translation>
    </message>
    <message>
        <source>You may not read this file. Change its permissions.</source>
        <translation>이 파일을 읽을 권한이 없습니다. 권한을 변경하세요.</translation>
    </message>
    <message>
        <source>This picture cannot be shown.</source>
        <translation>이 사진은 표시할 수 없습니다.</translation>
    </message>
</context>
<context>
    <name>PicturesUnreadable</name>
    <message>
        <source>Unreadable</source>
        <translation>읽을 수 없음</translation>
    </message>
    <message>
        <source>These could not be read, so they teach a run nothing and get no label. Their files stay as they are, whatever you do here.</source>
        <translation>읽을 수 없어서 실행에 쓰이지 않고 레이블도 받지 못하는 사진입니다. 여기서 무엇을 하든 파일은 그대로 남습니다.</translation>
    </message>
    <message>
        <source>Remove from the project</source>
        <translation>프로젝트에서 제거</translation>
    </message>
    <message>
        <source>Locate missing pictures…</source>
        <translation>없어진 사진 찾기…</translation>
    </message>
    <message>
        <source>Leave them</source>
        <translation>그대로 두기</translation>
    </message>
    <message>
        <source>No unreadable pictures</source>
        <translation>읽을 수 없는 사진이 없습니다</translation>
    </message>
    <message>
        <source>Pictures that a run or a search cannot read are listed here with the reason.</source>
        <translation>실행이나 검색에서 읽지 못한 사진이 이유와 함께 여기에 표시됩니다.</translation>
    </message>
</context>
<context>
    <name>PlotPane</name>
    <message>
        <source>&amp;Copy as an image</source>
        <translation>이미지로 복사(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Save as an image…</source>
        <translation>이미지로 저장(&amp;S)…</translation>
    </message>
    <message>
        <source>PNG image</source>
        <translation>PNG 이미지</translation>
    </message>
    <message>
        <source>Save the plot</source>
        <translation>그래프 저장</translation>
    </message>
</context>
<context>
    <name>ProjectFiles</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>최근 프로젝트 열기(&amp;R)</translation>
    </message>
    <message>
        <source>Demo: letters</source>
        <translation>데모: 문자</translation>
    </message>
    <message>
        <source>Demo: surfaces</source>
        <translation>데모: 표면</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>새 프로젝트</translation>
    </message>
    <message>
        <source>My pictures</source>
        <translation>내 사진</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>프로젝트 열기</translation>
    </message>
    <message>
        <source>Open a project in a new window</source>
        <translation>새 창에서 프로젝트 열기</translation>
    </message>
    <message>
        <source>{name} is open in another window, which is in front now.</source>
        <translation>{name}은(는) 다른 창에 열려 있어 그 창을 앞으로 가져왔습니다.</translation>
    </message>
    <message>
        <source>Opening the project…</source>
        <translation>프로젝트를 여는 중…</translation>
    </message>
    <message>
        <source>Another window could not be started.</source>
        <translation>다른 창을 시작할 수 없습니다.</translation>
    </message>
    <message>
        <source>Wait until the tasks of this project have finished, or cancel them.</source>
        <translation>이 프로젝트에서 진행 중인 작업이 끝날 때까지 기다리거나 취소하세요.</translation>
    </message>
</context>
<context>
    <name>ProjectHub</name>
    <message>
        <source>{path} was renamed, moved or deleted. If it was renamed or moved, it holds all that was done in it. If it was deleted, that is lost unless you put it back.</source>
        <translation>{path}의 이름이 바뀌었거나 옮겨졌거나 삭제되었습니다. 이름이 바뀌었거나 옮겨졌다면 그 안에서 한 일이 모두 그 파일에 들어 있습니다. 삭제되었다면 되돌려 놓지 않는 한 모두 잃게 됩니다.</translation>
    </message>
    <message>
        <source>Another program has put other content into {path}. What was done here last is not in it.</source>
        <translation>다른 프로그램이 파일의 내용을 바꾸었습니다: {path}. 여기서 마지막에 한 일은 그 안에 없습니다.</translation>
    </message>
</context>
<context>
    <name>ProjectionBar</name>
    <message>
        <source>How the pictures are spread out on the map</source>
        <translation>지도에 사진을 배치하는 방법</translation>
    </message>
    <message>
        <source>Layout of the map</source>
        <translation>지도 배치</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>배치</translation>
    </message>
    <message>
        <source>How far the layout is</source>
        <translation>배치 진행률</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Leave the map as it is now</source>
        <translation>지도를 지금 상태로 두기</translation>
    </message>
</context>
<context>
    <name>Projector</name>
    <message>
        <source>The map could not be laid out anew: {reason}</source>
        <translation>지도를 다시 배치하지 못했습니다: {reason}</translation>
    </message>
</context>
<context>
    <name>Queries</name>
    <message>
        <source>Class {n}</source>
        <translation>클래스 {n}</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>알 수 없음</translation>
    </message>
</context>
<context>
    <name>QuestionService</name>
    <message>
        <source>The engine is still loading.</source>
        <translation>엔진을 아직 불러오는 중입니다.</translation>
    </message>
    <message>
        <source>There are no pictures yet.</source>
        <translation>아직 사진이 없습니다.</translation>
    </message>
</context>
<context>
    <name>ReplacedFiles</name>
    <message>
        <source>1 labelled picture is a different file now than when it was last read: see whether its label still fits.</source>
        <translation>레이블이 있는 사진 1장의 파일이 마지막으로 읽었을 때와 다릅니다. 레이블이 아직 맞는지 확인하세요.</translation>
    </message>
    <message>
        <source>{n} labelled pictures are different files now than when they were last read: see whether their labels still fit.</source>
        <translation>레이블이 있는 사진 {n}장의 파일이 마지막으로 읽었을 때와 다릅니다. 레이블이 아직 맞는지 확인하세요.</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>사진 보기</translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>사진 보기</translation>
    </message>
    <message>
        <source>Replaced files</source>
        <translation>바뀐 파일</translation>
    </message>
</context>
<context>
    <name>Reviewer</name>
    <message>
        <source>Issues ({n})</source>
        <translation>문제 ({n})</translation>
    </message>
    <message>
        <source>Nothing is predicted yet: press Run, then look here again.</source>
        <translation>아직 예측이 없습니다. 실행을 누른 뒤 다시 확인하세요.</translation>
    </message>
</context>
<context>
    <name>RunBar</name>
    <message>
        <source>&amp;Algorithm</source>
        <translation>알고리즘(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Backbone</source>
        <translation>백본(&amp;B)</translation>
    </message>
    <message>
        <source>How to learn from the examples.
Help ▸ About the algorithm explains the chosen one.</source>
        <translation>예시에서 배우는 방법입니다.
도움말 ▸ 알고리즘 설명에서 선택한 알고리즘을 설명합니다.</translation>
    </message>
    <message>
        <source>The network that looks at the pictures: it makes an embedding of each,
numbers that are near each other where pictures look alike.
Choose one that was trained on pictures like yours.</source>
        <translation>사진을 보는 신경망입니다. 사진마다 임베딩을 만드는데,
비슷해 보이는 사진일수록 서로 가까운 수가 됩니다.
사용자의 사진과 비슷한 사진으로 학습한 것을 고르세요.</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>장치(&amp;D)</translation>
    </message>
    <message>
        <source>What the run is computed on</source>
        <translation>실행을 계산할 장치</translation>
    </message>
    <message>
        <source>Automatic ({device})</source>
        <translation>자동: {device}</translation>
    </message>
    <message>
        <source>The fastest device that works</source>
        <translation>사용할 수 있는 가장 빠른 장치</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>불러오는 중…</translation>
    </message>
    <message>
        <source>Click to get the command.</source>
        <translation>클릭하면 명령이 표시됩니다.</translation>
    </message>
    <message>
        <source>Limits: {limits}</source>
        <translation>한계: {limits}</translation>
    </message>
    <message>
        <source>{algorithm} has not been meta-trained for it.</source>
        <translation>{algorithm}은(는) 이것으로 메타 학습되지 않았습니다.</translation>
    </message>
    <message>
        <source>Backbone switched to {title}. {reason}</source>
        <translation>백본을 {title}(으)로 바꾸었습니다. {reason}</translation>
    </message>
</context>
<context>
    <name>RunController</name>
    <message>
        <source>Drop a few example pictures of each class on the left to begin.</source>
        <translation>시작하려면 왼쪽에 클래스별 예시 사진을 몇 장씩 놓으세요.</translation>
    </message>
    <message>
        <source>A second class is needed: drop a few examples of it on the left.</source>
        <translation>클래스가 하나 더 필요합니다. 왼쪽에 예시를 몇 장 놓으세요.</translation>
    </message>
    <message>
        <source>A run is in progress.</source>
        <translation>실행 중입니다.</translation>
    </message>
    <message>
        <source>The engine is still loading.</source>
        <translation>엔진을 아직 불러오는 중입니다.</translation>
    </message>
    <message>
        <source>Every picture has a label: drop more into the middle, or export the labels.</source>
        <translation>모든 사진에 레이블이 있습니다. 가운데에 사진을 더 끌어다 놓거나 레이블을 내보내세요.</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>시작하는 중…</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>취소하는 중…</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>사용</translation>
    </message>
    <message>
        <source>{n} pictures classified in {s} s</source>
        <translation>사진 {n}장을 {s}초 만에 분류</translation>
    </message>
    <message>
        <source>, {n} known from before</source>
        <translation>, 이전 결과 사용 {n}장</translation>
    </message>
    <message>
        <source>, {n} unreadable</source>
        <translation>, 읽을 수 없음 {n}장</translation>
    </message>
    <message>
        <source>Not tested on held-out examples: only one example of {classes}.</source>
        <translation>따로 둔 예시로 확인하지 못했습니다. {classes}의 예시가 하나뿐입니다.</translation>
    </message>
    <message>
        <source>{right} of {n} held-out examples were right.</source>
        <translation>따로 둔 예시 {n}개 중 {right}개를 맞혔습니다.</translation>
    </message>
    <message>
        <source>Cancelled. What had been predicted by then is kept.</source>
        <translation>취소했습니다. 그때까지의 예측은 보관됩니다.</translation>
    </message>
    <message>
        <source>The run failed.</source>
        <translation>실행에 실패했습니다.</translation>
    </message>
    <message>
        <source>Show the report</source>
        <translation>보고서 보기</translation>
    </message>
</context>
<context>
    <name>ScarceClasses</name>
    <message>
        <source>Too few examples</source>
        <translation>예시 부족</translation>
    </message>
    <message>
        <source>A class is learned better, and its labels can be judged, with a few more examples.</source>
        <translation>예시가 몇 장 더 있으면 클래스를 더 잘 학습하고 레이블도 평가할 수 있습니다.</translation>
    </message>
    <message>
        <source>Show what may be of this class</source>
        <translation>이 클래스일 수 있는 사진 보기</translation>
    </message>
    <message>
        <source>These are enough</source>
        <translation>이 정도면 충분함</translation>
    </message>
    <message>
        <source>1 example</source>
        <translation>예시 1장</translation>
    </message>
    <message>
        <source>{n} examples</source>
        <translation>예시 {n}장</translation>
    </message>
    <message>
        <source>{n} would be better</source>
        <translation>{n}장이 더 좋습니다</translation>
    </message>
    <message>
        <source>No classes yet</source>
        <translation>아직 클래스가 없습니다</translation>
    </message>
    <message>
        <source>Drop a few examples of each class on the left.</source>
        <translation>왼쪽에 클래스별 예시를 몇 장씩 놓으세요.</translation>
    </message>
    <message>
        <source>Every class has enough examples</source>
        <translation>모든 클래스에 예시가 충분합니다</translation>
    </message>
</context>
<context>
    <name>ScatterPlot</name>
    <message>
        <source>Map of the pictures</source>
        <translation>사진 지도</translation>
    </message>
    <message>
        <source>Show &amp;all points</source>
        <translation>모든 점 보기(&amp;A)</translation>
    </message>
    <message>
        <source>The map appears here while a run looks at the pictures.</source>
        <translation>실행이 사진을 읽는 동안 지도가 여기에 표시됩니다.</translation>
    </message>
    <message>
        <source>{shown} of {total} pictures</source>
        <translation>사진 {total}장 중 {shown}장</translation>
    </message>
    <message>
        <source>{shown} pictures</source>
        <translation>사진 {shown}장</translation>
    </message>
    <message>
        <source> · 2-D view ({projection}) · Shift and drag to select</source>
        <translation> · 2차원 보기({projection}) · Shift+끌기로 선택</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Look</source>
        <translation>모양</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>테마(&amp;T)</translation>
    </message>
    <message>
        <source>Si&amp;ze of the pictures</source>
        <translation>사진 크기(&amp;Z)</translation>
    </message>
    <message>
        <source>{n} pixels</source>
        <translation>{n}픽셀</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>언어(&amp;L)</translation>
    </message>
    <message>
        <source>System</source>
        <translation>시스템</translation>
    </message>
    <message>
        <source>Takes effect when Fewshot is started again.</source>
        <translation>Fewshot을 다시 시작하면 적용됩니다.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>&amp;Algorithm at the start</source>
        <translation>시작할 때 알고리즘(&amp;A)</translation>
    </message>
    <message>
        <source>De&amp;vice at the start</source>
        <translation>시작할 때 장치(&amp;V)</translation>
    </message>
    <message>
        <source>Labelling</source>
        <translation>레이블 지정</translation>
    </message>
    <message>
        <source>Disk usage</source>
        <translation>디스크 사용량</translation>
    </message>
    <message>
        <source>Cached embeddings make later runs faster:</source>
        <translation>캐시된 임베딩은 다음 실행을 빠르게 합니다:</translation>
    </message>
    <message>
        <source>&amp;Clear the cache…</source>
        <translation>캐시 비우기(&amp;C)…</translation>
    </message>
    <message>
        <source>Clear the cache? Labels and projects stay; the next run reads all pictures again.</source>
        <translation>캐시를 비울까요? 레이블과 프로젝트는 그대로 남고, 다음 실행에서 모든 사진을 다시 읽습니다.</translation>
    </message>
    <message>
        <source>Meta-trained by you</source>
        <translation>직접 메타 학습한 항목</translation>
    </message>
    <message>
        <source>Removed.</source>
        <translation>제거했습니다.</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>제거…</translation>
    </message>
    <message>
        <source>Remove “{title}”? What it has labelled stays. This cannot be undone.</source>
        <translation>“{title}” 항목을 제거할까요? 지정된 레이블은 남습니다. 이 작업은 취소할 수 없습니다.</translation>
    </message>
    <message>
        <source>The engine is working: wait until it has finished.</source>
        <translation>엔진이 작업 중입니다. 끝날 때까지 기다리세요.</translation>
    </message>
    <message>
        <source>The one used last</source>
        <translation>마지막으로 쓴 항목</translation>
    </message>
    <message>
        <source>A tenth of the free disk, at most {n} GB</source>
        <translation>디스크 남은 공간의 10분의 1, 최대 {n} GB</translation>
    </message>
    <message>
        <source>Li&amp;mit of the cache</source>
        <translation>캐시 한도(&amp;M)</translation>
    </message>
    <message>
        <source>What was used longest ago is removed first, never what is in use.</source>
        <translation>쓴 지 가장 오래된 것부터 제거하며, 쓰고 있는 것은 제거하지 않습니다.</translation>
    </message>
    <message>
        <source>{size} in {folder}</source>
        <translation>{size}, 위치: {folder}</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>키보드 단축키</translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation>키보드와 마우스</translation>
    </message>
    <message>
        <source>Label as {name}</source>
        <translation>“{name}” 레이블 지정</translation>
    </message>
    <message>
        <source>Larger or smaller pictures</source>
        <translation>사진 크게 또는 작게</translation>
    </message>
    <message>
        <source>Add examples to a class</source>
        <translation>클래스에 예시 추가</translation>
    </message>
    <message>
        <source>Drop on the class</source>
        <translation>클래스 위에 놓기</translation>
    </message>
    <message>
        <source>Make classes of folders or archives</source>
        <translation>폴더나 압축 파일로 클래스 만들기</translation>
    </message>
    <message>
        <source>Drop below the classes</source>
        <translation>클래스 목록 아래에 놓기</translation>
    </message>
    <message>
        <source>Label pictures</source>
        <translation>사진에 레이블 지정</translation>
    </message>
    <message>
        <source>Drag them onto a class</source>
        <translation>클래스로 끌어다 놓기</translation>
    </message>
    <message>
        <source>Use pictures in another program</source>
        <translation>다른 프로그램에서 사진 사용</translation>
    </message>
    <message>
        <source>Drag them out of the window</source>
        <translation>창 밖으로 끌어다 놓기</translation>
    </message>
    <message>
        <source>Add pictures to be labelled</source>
        <translation>레이블을 지정할 사진 추가</translation>
    </message>
    <message>
        <source>Drop on the pictures</source>
        <translation>사진 위에 놓기</translation>
    </message>
    <message>
        <source>Ctrl + wheel</source>
        <translation>Ctrl + 휠</translation>
    </message>
    <message>
        <source>Select several pictures</source>
        <translation>사진 여러 장 선택</translation>
    </message>
    <message>
        <source>Ctrl or Shift + click</source>
        <translation>Ctrl 또는 Shift + 클릭</translation>
    </message>
    <message>
        <source>Rename a class</source>
        <translation>클래스 이름 바꾸기</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>두 번 클릭</translation>
    </message>
    <message>
        <source>Select pictures on the map</source>
        <translation>지도에서 사진 선택</translation>
    </message>
    <message>
        <source>Shift + drag around them</source>
        <translation>Shift + 둘레를 끌기</translation>
    </message>
    <message>
        <source>Add to what is selected</source>
        <translation>선택에 추가</translation>
    </message>
    <message>
        <source>Ctrl + Shift + drag</source>
        <translation>Ctrl + Shift + 끌기</translation>
    </message>
    <message>
        <source>Closer or farther on the map</source>
        <translation>지도 확대 또는 축소</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>휠</translation>
    </message>
    <message>
        <source>Say what is sure enough</source>
        <translation>확실함의 기준 정하기</translation>
    </message>
    <message>
        <source>Drag the line under Confidence</source>
        <translation>신뢰도의 선을 끌기</translation>
    </message>
    <message>
        <source>By key</source>
        <translation>키보드</translation>
    </message>
    <message>
        <source>By mouse</source>
        <translation>마우스</translation>
    </message>
</context>
<context>
    <name>SkippedDialog</name>
    <message>
        <source>Left out</source>
        <translation>제외한 항목</translation>
    </message>
    <message>
        <source>What was left out, and why</source>
        <translation>제외한 항목과 이유</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Device in use</source>
        <translation>사용 중인 장치</translation>
    </message>
    <message>
        <source>{n} pictures/s</source>
        <translation>초당 {n}장</translation>
    </message>
    <message>
        <source>{pictures} pictures · {labelled} labelled · {predicted} predicted</source>
        <translation>사진 {pictures}장 · 레이블 {labelled}장 · 예측 {predicted}장</translation>
    </message>
</context>
<context>
    <name>TrainingPlot</name>
    <message>
        <source>Loss and validation of the meta-training</source>
        <translation>메타 학습의 손실과 검증</translation>
    </message>
    <message>
        <source>Loss and validation accuracy appear here as the training goes on.</source>
        <translation>학습이 진행되면 손실과 검증 정확도가 여기에 표시됩니다.</translation>
    </message>
</context>
<context>
    <name>TrainingWindow</name>
    <message>
        <source>&amp;Hide</source>
        <translation>숨기기(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>일시 중지(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Cancel training</source>
        <translation>학습 취소(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Give up…</source>
        <translation>포기(&amp;G)…</translation>
    </message>
    <message>
        <source>Meta-training “{name}”</source>
        <translation>“{name}” 메타 학습</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>준비하는 중…</translation>
    </message>
    <message>
        <source>All pictures are read. The training begins…</source>
        <translation>사진을 모두 읽었습니다. 학습을 시작합니다…</translation>
    </message>
    <message>
        <source>Reading the pictures of {name}: {n} of {total}</source>
        <translation>{name}의 사진을 읽는 중: {total}장 중 {n}장</translation>
    </message>
    <message>
        <source>{n} pictures of {name} are read</source>
        <translation>{name}의 사진 {n}장을 읽었습니다</translation>
    </message>
    <message>
        <source>Step {step} of {total}</source>
        <translation>{step}/{total}단계</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>{time} 남음</translation>
    </message>
    <message>
        <source>best validation so far {p} %</source>
        <translation>지금까지 최고 검증 정확도 {p}%</translation>
    </message>
    <message>
        <source>The first step: episode {done} of {total}</source>
        <translation>첫 단계: 에피소드 {total}개 중 {done}개</translation>
    </message>
    <message>
        <source>validation: {done} of {total}</source>
        <translation>학습한 것을 평가하는 중: {total}회 중 {done}회</translation>
    </message>
    <message>
        <source>The training of “{name}” was given up.</source>
        <translation>“{name}”의 학습을 포기했습니다.</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>일시 중지됨</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>닫기(&amp;C)</translation>
    </message>
    <message>
        <source>C&amp;ontinue</source>
        <translation>계속(&amp;O)</translation>
    </message>
    <message>
        <source>Stopping after the present episode…</source>
        <translation>현재 에피소드를 마치고 중지합니다…</translation>
    </message>
    <message>
        <source>Give up the training of “{name}”?</source>
        <translation>“{name}”의 학습을 포기할까요?</translation>
    </message>
    <message>
        <source>&amp;Give up</source>
        <translation>포기(&amp;G)</translation>
    </message>
    <message>
        <source>What it learned is deleted.</source>
        <translation>학습한 내용이 삭제됩니다.</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n}초</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n}분</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h}시간 {m}분</translation>
    </message>
</context>
<context>
    <name>UnavailableMenu</name>
    <message>
        <source>{algorithm} with {backbone}</source>
        <translation>{algorithm} – {backbone}</translation>
    </message>
</context>
<context>
    <name>WatchDialog</name>
    <message>
        <source>Watch a folder</source>
        <translation>폴더 감시</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>찾아보기…</translation>
    </message>
    <message>
        <source>A table, a line for each picture</source>
        <translation>표 (사진마다 한 줄)</translation>
    </message>
    <message>
        <source>Folders, one for each class</source>
        <translation>클래스마다 폴더 하나</translation>
    </message>
    <message>
        <source>&amp;Move the pictures there instead of copying them</source>
        <translation>사진을 복사하지 않고 그곳으로 이동(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Classifier:</source>
        <translation>분류기(&amp;C):</translation>
    </message>
    <message>
        <source>&amp;Folder to watch:</source>
        <translation>감시할 폴더(&amp;F):</translation>
    </message>
    <message>
        <source>&amp;Labels as:</source>
        <translation>레이블 형식(&amp;L):</translation>
    </message>
    <message>
        <source>&amp;To:</source>
        <translation>저장 위치(&amp;T):</translation>
    </message>
    <message>
        <source>&amp;Watch</source>
        <translation>감시(&amp;W)</translation>
    </message>
    <message>
        <source>Classifier of Fewshot</source>
        <translation>Fewshot 분류기</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>모든 파일</translation>
    </message>
    <message>
        <source>Classifier</source>
        <translation>분류기</translation>
    </message>
    <message>
        <source>Folder to watch</source>
        <translation>감시할 폴더</translation>
    </message>
    <message>
        <source>Labels to</source>
        <translation>레이블 저장 위치</translation>
    </message>
    <message>
        <source>Table (*.csv *.jsonl)</source>
        <translation>표 (*.csv *.jsonl)</translation>
    </message>
</context>
<context>
    <name>WatchPanel</name>
    <message>
        <source>Watching {folder}</source>
        <translation>{folder} 감시 중</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>시작하는 중…</translation>
    </message>
    <message>
        <source>The last labelled pictures</source>
        <translation>마지막으로 레이블이 붙은 사진</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>중지(&amp;S)</translation>
    </message>
    <message>
        <source>{name}: unreadable</source>
        <translation>{name}: 읽을 수 없음</translation>
    </message>
    <message>
        <source>Stopped. What is labelled is kept.</source>
        <translation>중지했습니다. 붙인 레이블은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>{n} labelled since the start, into {path}.</source>
        <translation>시작한 뒤 {n}장에 레이블을 붙여 {path}에 저장했습니다.</translation>
    </message>
    <message>
        <source>Unreadable: {n}.</source>
        <translation>읽을 수 없음: {n}.</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Label pictures from a few examples</source>
        <translation>예시 몇 장으로 사진에 레이블 지정</translation>
    </message>
    <message>
        <source>Try the demo</source>
        <translation>데모 사용해 보기</translation>
    </message>
    <message>
        <source>Open a small project with pictures of an invented script</source>
        <translation>가상 문자 사진으로 된 작은 프로젝트 열기</translation>
    </message>
    <message>
        <source>Try with surfaces</source>
        <translation>표면 사진으로 해 보기</translation>
    </message>
    <message>
        <source>Open a small project with coloured pictures of six surfaces, such as bricks and wood</source>
        <translation>벽돌, 나무 등 여섯 가지 표면의 컬러 사진이 있는 작은 프로젝트 열기</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>최근 프로젝트 열기</translation>
    </message>
    <message>
        <source>Go on with a project that was opened before</source>
        <translation>전에 연 프로젝트 계속하기</translation>
    </message>
</context>
<context>
    <name>WrongLabels</name>
    <message>
        <source>Likely wrong labels</source>
        <translation>잘못된 듯한 레이블</translation>
    </message>
    <message>
        <source>A run classifies each of your examples by the others. These come out as another class.</source>
        <translation>실행은 각 예시를 나머지 예시로 분류해 봅니다. 다른 클래스로 분류된 예시를 표시합니다.</translation>
    </message>
    <message>
        <source>Take the suggestion</source>
        <translation>제안대로 변경</translation>
    </message>
    <message>
        <source>Keep the label</source>
        <translation>레이블 유지</translation>
    </message>
    <message>
        <source>Labelled {own}, looks like {other}</source>
        <translation>레이블은 {own}, 모습은 {other}</translation>
    </message>
    <message>
        <source>No run has checked the labels yet</source>
        <translation>아직 레이블을 평가한 실행이 없습니다</translation>
    </message>
    <message>
        <source>Press Run: it classifies each example by the others, and lists here what differs.</source>
        <translation>실행을 누르면 각 예시를 나머지 예시로 분류해 보고 다른 결과를 여기에 알려 줍니다.</translation>
    </message>
    <message>
        <source>No label could be judged</source>
        <translation>평가할 수 있는 레이블이 없습니다</translation>
    </message>
    <message>
        <source>A class needs a second example: the only one cannot be judged by others.</source>
        <translation>클래스에 예시가 하나 더 필요합니다. 하나뿐인 예시는 다른 예시로 평가할 수 없습니다.</translation>
    </message>
    <message>
        <source>The last run judged {n} examples by the others.</source>
        <translation>지난 실행에서 예시 {n}장을 나머지 예시로 평가했습니다.</translation>
    </message>
    <message>
        <source>No label is in doubt</source>
        <translation>의심스러운 레이블이 없습니다</translation>
    </message>
</context>
<context>
    <name>_NeighbourModel</name>
    <message>
        <source>cosine {n}</source>
        <translation>코사인 {n}</translation>
    </message>
    <message>
        <source>Cosine of the angle between the two embeddings: 1 is the most alike.</source>
        <translation>두 임베딩 사이 각도의 코사인입니다. 1이 가장 비슷합니다.</translation>
    </message>
</context>
<context>
    <name>_Range</name>
    <message>
        <source>{name}, at least</source>
        <translation>{name}, 최소</translation>
    </message>
    <message>
        <source>{name}, at most</source>
        <translation>{name}, 최대</translation>
    </message>
    <message>
        <source>to</source>
        <translation>~</translation>
    </message>
</context>
<context>
    <name>_Unfinished</name>
    <message>
        <source>The training of {title} is not finished.</source>
        <translation>{title} 학습이 끝나지 않았습니다.</translation>
    </message>
    <message>
        <source>Con&amp;tinue</source>
        <translation>계속(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Give up…</source>
        <translation>포기(&amp;G)…</translation>
    </message>
    <message>
        <source>Continue the training of {title}</source>
        <translation>{title} 학습 계속</translation>
    </message>
    <message>
        <source>Give up the training of {title}</source>
        <translation>{title} 학습 포기</translation>
    </message>
</context>
<context>
    <name>engine</name>
    <message>
        <source>Add class “{name}”</source>
        <translation>클래스 “{name}” 추가</translation>
    </message>
    <message>
        <source>Rename class to “{name}”</source>
        <translation>클래스 이름을 “{name}”(으)로 변경</translation>
    </message>
    <message>
        <source>Change the colour of a class</source>
        <translation>클래스 색 변경</translation>
    </message>
    <message>
        <source>Change the key of a class</source>
        <translation>클래스 키 변경</translation>
    </message>
    <message>
        <source>Remove class</source>
        <translation>클래스 제거</translation>
    </message>
    <message>
        <source>Move class</source>
        <translation>클래스 이동</translation>
    </message>
    <message>
        <source>Add 1 picture</source>
        <translation>사진 1장 추가</translation>
    </message>
    <message>
        <source>Add {n} pictures</source>
        <translation>사진 {n}장 추가</translation>
    </message>
    <message>
        <source>Add 1 picture of 1 class</source>
        <translation>클래스 1개의 사진 1장 추가</translation>
    </message>
    <message>
        <source>Add {n} pictures of 1 class</source>
        <translation>클래스 1개의 사진 {n}장 추가</translation>
    </message>
    <message>
        <source>Add 1 picture of {class_n} classes</source>
        <translation>클래스 {class_n}개의 사진 1장 추가</translation>
    </message>
    <message>
        <source>Add {n} pictures of {class_n} classes</source>
        <translation>클래스 {class_n}개의 사진 {n}장 추가</translation>
    </message>
    <message>
        <source>Label 1 picture</source>
        <translation>사진 1장 레이블 지정</translation>
    </message>
    <message>
        <source>Label {n} pictures</source>
        <translation>사진 {n}장 레이블 지정</translation>
    </message>
    <message>
        <source>Label 1 picture as unknown</source>
        <translation>사진 1장을 알 수 없음으로 지정</translation>
    </message>
    <message>
        <source>Label {n} pictures as unknown</source>
        <translation>사진 {n}장을 알 수 없음으로 지정</translation>
    </message>
    <message>
        <source>Unlabel 1 picture</source>
        <translation>사진 1장 레이블 제거</translation>
    </message>
    <message>
        <source>Unlabel {n} pictures</source>
        <translation>사진 {n}장 레이블 제거</translation>
    </message>
    <message>
        <source>Accept 1 prediction</source>
        <translation>예측 1건 수락</translation>
    </message>
    <message>
        <source>Accept {n} predictions</source>
        <translation>예측 {n}건 수락</translation>
    </message>
    <message>
        <source>Remove 1 picture</source>
        <translation>사진 1장 제거</translation>
    </message>
    <message>
        <source>Remove {n} pictures</source>
        <translation>사진 {n}장 제거</translation>
    </message>
    <message>
        <source>Locate 1 picture</source>
        <translation>사진 1장 위치 변경</translation>
    </message>
    <message>
        <source>Locate {n} pictures</source>
        <translation>사진 {n}장 위치 변경</translation>
    </message>
    <message>
        <source>“{key}” is the key of “{name}”: choose another.</source>
        <translation>“{key}” 키는 “{name}” 클래스가 쓰고 있습니다. 다른 키를 선택하세요.</translation>
    </message>
    <message>
        <source>A class needs a name: type at least one letter.</source>
        <translation>클래스에는 이름이 필요합니다. 한 글자 이상 입력하세요.</translation>
    </message>
    <message>
        <source>“{name}” means pictures that belong to no class: choose another name.</source>
        <translation>“{name}”은(는) 어느 클래스에도 속하지 않는 사진을 뜻합니다. 다른 이름을 선택하세요.</translation>
    </message>
    <message>
        <source>The key of a class is one letter or digit, not “{text}”.</source>
        <translation>클래스의 키는 글자나 숫자 하나여야 하며 “{text}”은(는) 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>There is already a class “{name}”: choose another name.</source>
        <translation>클래스 “{name}”이(가) 이미 있습니다. 다른 이름을 선택하세요.</translation>
    </message>
    <message>
        <source>There is a class “{name}”: rename it, so that it is told from pictures of none.</source>
        <translation>클래스 “{name}”이(가) 있습니다. 어느 클래스에도 속하지 않는 사진과 구별되도록 이름을 바꾸세요.</translation>
    </message>
    <message>
        <source>What is trained needs a name: type at least one letter.</source>
        <translation>학습 결과에는 이름이 필요합니다. 한 글자 이상 입력하세요.</translation>
    </message>
    <message>
        <source>A name has at most {n} characters.</source>
        <translation>이름은 {n}자까지 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>A name is also part of a file&apos;s name: leave out the “{character}”.</source>
        <translation>이름은 파일 이름에도 쓰입니다. “{character}” 문자를 빼세요.</translation>
    </message>
    <message>
        <source>CPU ({n} cores)</source>
        <translation>CPU({n}코어)</translation>
    </message>
    <message>
        <source>{algorithm} has no meta-trained checkpoint for {backbone}; make one with: {command}</source>
        <translation>{algorithm}: {backbone}용으로 메타 학습한 체크포인트가 없습니다. 다음 명령으로 만드세요: {command}</translation>
    </message>
    <message>
        <source>Meta-trained by you for {backbone} on {sources}. Validation on {accuracies}.</source>
        <translation>{backbone}용으로 직접 메타 학습했습니다. 학습 데이터: {sources}. 검증 결과 – {accuracies}.</translation>
    </message>
    <message>
        <source>{path} is of an earlier format and was left as it is, because its backup could not be written to “{name}” in the same folder ({reason}): free some space there, or make the folder writable, and open it again.</source>
        <translation>{path}은(는) 이전 형식의 프로젝트입니다. 같은 폴더의 “{name}”에 백업을 쓸 수 없어({reason}) 그대로 두었습니다. 그곳의 공간을 확보하거나 폴더에 쓸 수 있게 한 뒤 다시 여세요.</translation>
    </message>
    <message>
        <source>{path} is not a Fewshot project: choose a file that Fewshot has made.</source>
        <translation>{path}은(는) Fewshot 프로젝트가 아닙니다. Fewshot이 만든 파일을 선택하세요.</translation>
    </message>
    <message>
        <source>{path} is no ordinary file: choose a file that Fewshot has made.</source>
        <translation>{path}은(는) 일반 파일이 아닙니다. Fewshot이 만든 파일을 선택하세요.</translation>
    </message>
    <message>
        <source>“{name}” beside {path} is no ordinary file: move it to another folder and open the project again.</source>
        <translation>{path} 옆에 있는 “{name}”은(는) 일반 파일이 아닙니다. 다른 폴더로 옮기고 프로젝트를 다시 여세요.</translation>
    </message>
    <message>
        <source>{path} is not as Fewshot makes it (it has {fault} {kind} “{name}”): another program has changed it, so open a copy from before that.</source>
        <translation>{path}은(는) Fewshot이 만든 그대로가 아닙니다({fault} {kind} “{name}”). 다른 프로그램이 바꾸었으니 바뀌기 전의 사본을 여세요.</translation>
    </message>
    <message>
        <source>a foreign</source>
        <translation>낯선</translation>
    </message>
    <message>
        <source>a changed</source>
        <translation>바뀐</translation>
    </message>
    <message>
        <source>no</source>
        <translation>없는</translation>
    </message>
    <message>
        <source>table</source>
        <translation>테이블</translation>
    </message>
    <message>
        <source>index</source>
        <translation>인덱스</translation>
    </message>
    <message>
        <source>trigger</source>
        <translation>트리거</translation>
    </message>
    <message>
        <source>view</source>
        <translation>뷰</translation>
    </message>
    <message>
        <source>{path} was made by a newer Fewshot (format {version}, this one reads up to {newest}): update the program to open it.</source>
        <translation>{path}은(는) 더 새로운 Fewshot으로 만든 파일입니다(형식 {version}, 이 프로그램은 {newest}까지 읽음). 열려면 프로그램을 업데이트하세요.</translation>
    </message>
    <message>
        <source>{path} is damaged ({reason}): restore it from a backup.</source>
        <translation>{path}이(가) 손상되었습니다({reason}). 백업에서 복원하세요.</translation>
    </message>
    <message>
        <source>What this run predicted is not kept any more. Choose another run.</source>
        <translation>이 실행의 예측은 더 이상 보관되어 있지 않습니다. 다른 실행을 선택하세요.</translation>
    </message>
    <message>
        <source>The disk that holds {path} is full: free some space and try again.</source>
        <translation>{path}이(가) 있는 디스크가 가득 찼습니다. 공간을 확보하고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>There is not enough memory for {path}: close other programs.</source>
        <translation>{path}을(를) 다룰 메모리가 부족합니다. 다른 프로그램을 닫으세요.</translation>
    </message>
    <message>
        <source>{path} was not opened, as that took too long for a project of its size: restore it from a backup.</source>
        <translation>{path}은(는) 크기에 비해 너무 오래 걸려 열지 않았습니다. 백업에서 복원하세요.</translation>
    </message>
    <message>
        <source>{path} cannot be changed because it is read-only: copy it to a folder that you may write to and open it there.</source>
        <translation>{path}은(는) 읽기 전용이라 변경할 수 없습니다. 쓸 수 있는 폴더로 복사한 뒤 거기서 여세요.</translation>
    </message>
    <message>
        <source>{path} is open in another window or program: close it there and try again.</source>
        <translation>{path}이(가) 다른 창이나 프로그램에 열려 있습니다. 거기서 닫고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>{path} could not be read or written, the disk or network drive reports an error: check its connection and free space and try again.</source>
        <translation>{path}을(를) 읽거나 쓸 수 없습니다. 디스크나 네트워크 드라이브에서 오류가 났습니다. 연결과 남은 공간을 확인하고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>{path} could not be opened: check that its folder exists and that you may write there.</source>
        <translation>{path}을(를) 열 수 없습니다. 폴더가 있는지, 그곳에 쓸 수 있는지 확인하세요.</translation>
    </message>
    <message>
        <source>{path} could not be opened: you have no permission to use it.</source>
        <translation>{path}을(를) 열 수 없습니다. 사용할 권한이 없습니다.</translation>
    </message>
    <message>
        <source>{path} could not be opened: {reason}.</source>
        <translation>{path}을(를) 열 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>{path} is being changed by another window or program: try again in a moment.</source>
        <translation>다른 창이나 프로그램이 {path}을(를) 변경하고 있습니다. 잠시 뒤에 다시 시도하세요.</translation>
    </message>
    <message>
        <source>There is no project {path}: check whether it was moved or renamed.</source>
        <translation>프로젝트 {path}이(가) 없습니다. 옮기거나 이름을 바꾸지 않았는지 확인하세요.</translation>
    </message>
    <message>
        <source>{path} already exists: choose another name, or open it instead.</source>
        <translation>{path}이(가) 이미 있습니다. 다른 이름을 선택하거나 그 파일을 여세요.</translation>
    </message>
    <message>
        <source>{path} is open in this window already.</source>
        <translation>{path}은(는) 이미 이 창에 열려 있습니다.</translation>
    </message>
    <message>
        <source>{path} is a folder, a pipe or a device; give a file.</source>
        <translation>{path}은(는) 폴더나 파이프, 장치입니다. 파일을 지정하세요.</translation>
    </message>
    <message>
        <source>{path} is the project that is open; give another file.</source>
        <translation>{path}은(는) 지금 열려 있는 프로젝트입니다. 다른 파일을 지정하세요.</translation>
    </message>
    <message>
        <source>{path} could not be read as {kind} ({reason}). Pack it again.</source>
        <translation>{path}을(를) {kind} 형식으로 읽을 수 없습니다({reason}). 다시 압축하세요.</translation>
    </message>
    <message>
        <source>a zip archive</source>
        <translation>zip 파일</translation>
    </message>
    <message>
        <source>glyph arrays</source>
        <translation>글자 배열</translation>
    </message>
    <message>
        <source>The names in {name} do not say what letters they are in; they were read as {code_page}.</source>
        <translation>{name} 안의 이름에 문자 인코딩이 적혀 있지 않아 다음과 같이 읽었습니다: {code_page}.</translation>
    </message>
    <message>
        <source>{path} is damaged: move “{name}-wal” to another folder, if it is there, and restore the project from a backup.</source>
        <translation>{path}이(가) 손상되었습니다. “{name}-wal” 파일이 있으면 다른 폴더로 옮긴 뒤 프로젝트를 백업에서 복원하세요.</translation>
    </message>
    <message>
        <source>{path} and the log beside it, “{name}”, do not fit together ({reason}): move the log to another folder and open the project again.</source>
        <translation>{path}와(과) 그 옆에 있는 로그 “{name}”이(가) 서로 맞지 않습니다({reason}). 로그를 다른 폴더로 옮긴 뒤 프로젝트를 다시 여세요.</translation>
    </message>
    <message>
        <source>{path} could not be checked, as there is no space for a copy of it in {folder}: free some space there and try again.</source>
        <translation>{folder}에 사본을 만들 공간이 없어 {path}을(를) 검사하지 못했습니다. 그곳의 공간을 비우고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>{path} was renamed, moved or deleted while it was open: put it back under this name and open it again.</source>
        <translation>열려 있는 동안 파일의 이름이 바뀌었거나 옮겨졌거나 삭제되었습니다: {path}. 이 이름으로 되돌려 놓고 다시 여세요.</translation>
    </message>
    <message>
        <source>Another program has put other content into {path} while it was open: open it again to go on with that.</source>
        <translation>열려 있는 동안 다른 프로그램이 파일의 내용을 바꾸었습니다: {path}. 바뀐 내용으로 계속하려면 다시 여세요.</translation>
    </message>
    <message>
        <source>The picture &apos;{path}&apos; cannot be read: {reason}.</source>
        <translation>사진 ‘{path}’을(를) 읽을 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be found. Check the spelling, or connect its drive.</source>
        <translation>‘{path}’을(를) 찾을 수 없습니다. 철자를 확인하거나 드라이브를 연결하세요.</translation>
    </message>
    <message>
        <source>The folder &apos;{path}&apos; does not exist.</source>
        <translation>‘{path}’ 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a folder. Give one that has a subfolder for each class.</source>
        <translation>‘{path}’은(는) 폴더가 아닙니다. 클래스마다 하위 폴더가 있는 폴더를 선택하세요.</translation>
    </message>
    <message>
        <source>The folder &apos;{path}&apos; cannot be opened: {reason}.</source>
        <translation>‘{path}’ 폴더를 열 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>The picture could not be kept in {path}: {reason}. Check that you may write there and that the disk is not full.</source>
        <translation>사진을 {path}에 보관할 수 없습니다: {reason}. 그곳에 쓸 수 있는지, 디스크가 가득 차지 않았는지 확인하세요.</translation>
    </message>
    <message>
        <source>{path} cannot be opened ({reason}). Check that it is there and that you may read it.</source>
        <translation>{path}을(를) 열 수 없습니다({reason}). 파일이 있는지, 읽을 수 있는지 확인하세요.</translation>
    </message>
    <message>
        <source>{path} could not be unpacked into {folder} ({reason}). Nothing of it was kept; check that the disk is not full and that you may write there.</source>
        <translation>{path}을(를) {folder}에 풀 수 없습니다({reason}). 풀던 것은 남기지 않았습니다. 디스크가 가득 차지 않았는지, 그곳에 쓸 수 있는지 확인하세요.</translation>
    </message>
    <message>
        <source>{path} would unpack to {size} GiB, far more than pictures do; it was left alone.</source>
        <translation>{path}의 압축을 풀면 {size} GiB가 됩니다. 사진이라기에는 너무 커서 그대로 두었습니다.</translation>
    </message>
    <message>
        <source>{path} needs {size} GiB, more than is free in {folder}. Free some space.</source>
        <translation>{path}에 {size} GiB가 필요하지만 {folder}에 그만한 공간이 없습니다. 공간을 확보하세요.</translation>
    </message>
    <message>
        <source>its name leads out of the archive</source>
        <translation>이름이 압축 파일 밖을 가리킴</translation>
    </message>
    <message>
        <source>a link</source>
        <translation>링크임</translation>
    </message>
    <message>
        <source>locked with a password</source>
        <translation>암호로 잠겨 있음</translation>
    </message>
    <message>
        <source>another has the same name</source>
        <translation>같은 이름의 사진이 또 있음</translation>
    </message>
    <message>
        <source>its name is too long</source>
        <translation>이름이 너무 긺</translation>
    </message>
    <message>
        <source>pack it again by Deflate, as this method is not read: {kind}</source>
        <translation>읽을 수 없는 압축 방식({kind}). Deflate로 다시 압축하세요</translation>
    </message>
    <message>
        <source>made by the system</source>
        <translation>시스템이 만든 항목</translation>
    </message>
    <message>
        <source>linked</source>
        <translation>링크</translation>
    </message>
    <message>
        <source>unsafely named</source>
        <translation>위험한 이름</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>암호로 잠긴 파일</translation>
    </message>
    <message>
        <source>named like another</source>
        <translation>이름이 겹치는 파일</translation>
    </message>
    <message>
        <source>other</source>
        <translation>기타</translation>
    </message>
    <message>
        <source>{name} was left out: {reason}.</source>
        <translation>제외했습니다: {name} ({reason}).</translation>
    </message>
    <message>
        <source>{n} files and folders were left out: {kinds}; the first is {name} ({reason}).</source>
        <translation>파일과 폴더 {n}개를 제외했습니다: {kinds}. 첫 번째는 {name}입니다({reason}).</translation>
    </message>
    <message>
        <source>unsupported format: {kind}</source>
        <translation>지원하지 않는 형식: {kind}</translation>
    </message>
    <message>
        <source>TIFF of {samples} × {bits} bits, {details}</source>
        <translation>TIFF {samples} × {bits}비트, {details}</translation>
    </message>
    <message>
        <source>slide</source>
        <translation>슬라이드</translation>
    </message>
    <message>
        <source>video</source>
        <translation>동영상</translation>
    </message>
    <message>
        <source>There is no export format &apos;{name}&apos;. Choose one of: {known}.</source>
        <translation>내보내기 형식 ‘{name}’이(가) 없습니다. 다음 중에서 선택하세요: {known}.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a file. Give the name of a file to write.</source>
        <translation>‘{path}’은(는) 파일이 아닙니다. 쓸 파일의 이름을 입력하세요.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is the open project itself. Give another name.</source>
        <translation>‘{path}’은(는) 지금 열려 있는 프로젝트 파일입니다. 다른 이름을 입력하세요.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be written: there is no folder &apos;{folder}&apos;. Create it first.</source>
        <translation>‘{path}’에 쓸 수 없습니다. ‘{folder}’ 폴더가 없으니 먼저 만드세요.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be written: {reason}</source>
        <translation>‘{path}’에 쓸 수 없습니다: {reason}</translation>
    </message>
    <message>
        <source>the disk is full. Make room, or choose another disk.</source>
        <translation>디스크가 가득 찼습니다. 공간을 확보하거나 다른 디스크를 선택하세요.</translation>
    </message>
    <message>
        <source>your disk quota is used up. Make room, or choose another disk.</source>
        <translation>디스크 할당량을 다 썼습니다. 공간을 확보하거나 다른 디스크를 선택하세요.</translation>
    </message>
    <message>
        <source>the file would grow larger than this disk or account allows.</source>
        <translation>파일이 이 디스크나 계정에서 허용하는 크기를 넘습니다.</translation>
    </message>
    <message>
        <source>this folder may not be written to. Choose another one.</source>
        <translation>이 폴더에는 쓸 수 없습니다. 다른 폴더를 선택하세요.</translation>
    </message>
    <message>
        <source>this disk is read-only. Choose another one.</source>
        <translation>이 디스크는 읽기 전용입니다. 다른 디스크를 선택하세요.</translation>
    </message>
    <message>
        <source>the file name is too long.</source>
        <translation>파일 이름이 너무 깁니다.</translation>
    </message>
    <message>
        <source>There is no picture to label; add some first.</source>
        <translation>레이블을 지정할 사진이 없습니다. 먼저 사진을 추가하세요.</translation>
    </message>
    <message>
        <source>No examples were given; add a few pictures to each class.</source>
        <translation>예시가 없습니다. 클래스마다 사진을 몇 장씩 추가하세요.</translation>
    </message>
    <message>
        <source>At least two classes are needed to tell pictures apart; add another class.</source>
        <translation>사진을 구별하려면 클래스가 둘 이상 필요합니다. 클래스를 하나 더 추가하세요.</translation>
    </message>
    <message>
        <source>No readable example of {names}; add one, or remove the class.</source>
        <translation>{names}: 읽을 수 있는 예시가 없습니다. 예시를 추가하거나 클래스를 제거하세요.</translation>
    </message>
    <message>
        <source>The selected pictures cannot be read: select others to find similar ones.</source>
        <translation>선택한 사진을 읽을 수 없습니다. 비슷한 사진을 찾으려면 다른 사진을 선택하세요.</translation>
    </message>
    <message>
        <source>{n} pictures are still to be read: that takes up to {minutes} minutes.</source>
        <translation>읽을 사진이 아직 {n}장 있습니다. 최대 {minutes}분 걸립니다.</translation>
    </message>
    <message>
        <source>Adapting to {n} examples of {class_n} classes takes about {minutes} minutes.</source>
        <translation>클래스 {class_n}개의 예시 {n}장에 적응하는 데 {minutes}분쯤 걸립니다.</translation>
    </message>
    <message>
        <source>{algorithm} sees all {n} examples at once, which takes about {needed} GB of memory, and this computer has {there} GB: choose another algorithm, or give fewer examples.</source>
        <translation>{algorithm}: 예시 {n}장을 한꺼번에 보므로 메모리가 약 {needed} GB 필요하지만 이 컴퓨터에는 {there} GB가 있습니다. 다른 알고리즘을 선택하거나 예시를 줄이세요.</translation>
    </message>
    <message>
        <source>The algorithm came to numbers that are not finite (NaN or infinity), which say nothing; choose other options or another algorithm.</source>
        <translation>알고리즘의 계산 결과에 유한하지 않은 수(NaN이나 무한대)가 나와 쓸 수 없습니다. 다른 옵션이나 다른 알고리즘을 선택하세요.</translation>
    </message>
    <message>
        <source>The computer ran out of memory; close other programs and try again.</source>
        <translation>컴퓨터의 메모리가 부족합니다. 다른 프로그램을 닫고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>The GPU ran out of memory; free some of it, or use the CPU.</source>
        <translation>GPU 메모리가 부족합니다. 메모리를 확보하거나 CPU를 사용하세요.</translation>
    </message>
    <message>
        <source>{device} ran out of memory; going on with the CPU.</source>
        <translation>{device}: 메모리가 부족하여 CPU로 계속합니다.</translation>
    </message>
    <message>
        <source>{device} ran out of memory; going on with {n} at a time.</source>
        <translation>{device}: 메모리가 부족하여 한 번에 {n}장씩 계속합니다.</translation>
    </message>
    <message>
        <source>{device} has no room even for one picture; going on with the CPU.</source>
        <translation>{device}: 사진 한 장을 넣을 메모리도 없어 CPU로 계속합니다.</translation>
    </message>
    <message>
        <source>The device “{name}” cannot be used ({reason}); choose one of: {known}.</source>
        <translation>장치 “{name}”을(를) 사용할 수 없습니다({reason}). 다음 중에서 선택하세요: {known}.</translation>
    </message>
    <message>
        <source>Embeddings are not being cached in {path}: {reason}.</source>
        <translation>임베딩을 {path}에 저장해 두지 못하고 있습니다: {reason}.</translation>
    </message>
    <message>
        <source>The cache has reached its limit of {size} GB, so no more embeddings are kept; the limit can be set in Edit ▸ Settings.</source>
        <translation>캐시가 한도({size} GB)에 이르러 임베딩을 더 저장하지 않습니다. 한도는 편집 ▸ 설정에서 바꿀 수 있습니다.</translation>
    </message>
    <message>
        <source>The limit could not be written to {path}: {reason}.</source>
        <translation>한도를 {path}에 쓸 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>The converted backbone could not be kept in {path} ({reason}), so each start takes some seconds longer.</source>
        <translation>변환한 백본을 {path}에 저장해 두지 못해({reason}) 시작할 때마다 몇 초씩 더 걸립니다.</translation>
    </message>
    <message>
        <source>{path} cannot be removed ({reason}): close what uses it, and try again.</source>
        <translation>{path}을(를) 제거할 수 없습니다({reason}). 그 파일을 쓰는 프로그램을 닫고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>{path} cannot be removed ({reason}): close the programs that use ONNX Runtime, and try again.</source>
        <translation>{path}을(를) 제거할 수 없습니다({reason}). ONNX Runtime을 쓰는 프로그램을 닫고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>{path} cannot be removed: {reason}.</source>
        <translation>{path}을(를) 제거할 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>The demo could not be written to {path}: {reason}.</source>
        <translation>데모를 {path}에 쓸 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>There is no algorithm called “{name}”; choose one of: {known}.</source>
        <translation>“{name}”(이)라는 알고리즘이 없습니다. 다음 중에서 선택하세요: {known}.</translation>
    </message>
    <message>
        <source>There is no backbone called “{name}”; choose one of: {known}.</source>
        <translation>“{name}”(이)라는 백본이 없습니다. 다음 중에서 선택하세요: {known}.</translation>
    </message>
    <message>
        <source>There is no checkpoint “{name}” of {algorithm} for {backbone}; choose another algorithm, or meta-train it anew.</source>
        <translation>{algorithm}: {backbone}용 체크포인트 “{name}”이(가) 없습니다. 다른 알고리즘을 선택하거나 새로 메타 학습하세요.</translation>
    </message>
    <message>
        <source>The checkpoint {path} was made for other weights of {backbone} than these; {reason}</source>
        <translation>체크포인트 {path}은(는) 지금과 다른 {backbone} 가중치로 만들었습니다. {reason}</translation>
    </message>
    <message>
        <source>The checkpoint {path} does not fit {algorithm}: {difference}; {reason}</source>
        <translation>체크포인트 {path}은(는) {algorithm}에 맞지 않습니다({difference}). {reason}</translation>
    </message>
    <message>
        <source>meta-train it anew: {command}</source>
        <translation>다음 명령으로 새로 메타 학습하세요: {command}</translation>
    </message>
    <message>
        <source>The checkpoint {path} was made for {made_for} on {made_on}, not for {wanted} on {wanted_on}.</source>
        <translation>체크포인트 {path}은(는) {made_on}용 {made_for}의 것이며 {wanted_on}용 {wanted}의 것이 아닙니다.</translation>
    </message>
    <message>
        <source>The checkpoint {name} has no card: {path} is missing.</source>
        <translation>체크포인트 {name}에 카드가 없습니다. {path} 파일이 있어야 합니다.</translation>
    </message>
    <message>
        <source>The checkpoint {path} is larger than 2 GB; that is not one of ours.</source>
        <translation>체크포인트 {path}이(가) 2 GB보다 큽니다. Fewshot이 만든 것이 아닙니다.</translation>
    </message>
    <message>
        <source>The checkpoint {path} cannot be read: {reason}.</source>
        <translation>체크포인트 {path}을(를) 읽을 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>The checkpoint {path} is not a file.</source>
        <translation>체크포인트 {path}은(는) 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>The checkpoint {path} has NaN or infinity in {name}; make it anew.</source>
        <translation>체크포인트 {path}의 {name}에 NaN이나 무한대가 있습니다. 새로 만드세요.</translation>
    </message>
    <message>
        <source>The checkpoint {path} was not written: {name} has NaN or infinity.</source>
        <translation>체크포인트 {path}을(를) 쓰지 않았습니다. {name}에 NaN이나 무한대가 있습니다.</translation>
    </message>
    <message>
        <source>The checkpoint could not be written to {path}: {reason}.</source>
        <translation>체크포인트를 {path}에 쓸 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>The card {path} is not a JSON object.</source>
        <translation>카드 {path}은(는) JSON 객체가 아닙니다.</translation>
    </message>
    <message>
        <source>The card {path} is not a file.</source>
        <translation>카드 {path}은(는) 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>The card {path} is larger than 1 MB; that is not one of ours.</source>
        <translation>카드 {path}이(가) 1 MB보다 큽니다. Fewshot이 만든 것이 아닙니다.</translation>
    </message>
    <message>
        <source>The card {path} cannot be read: {reason}.</source>
        <translation>카드 {path}을(를) 읽을 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>{path} is damaged or not a safetensors file ({reason}).</source>
        <translation>{path}이(가) 손상되었거나 safetensors 파일이 아닙니다({reason}).</translation>
    </message>
    <message>
        <source>There is no data set {path}; give a folder or a zip of classes, or the word {word}.</source>
        <translation>데이터 세트 {path}이(가) 없습니다. 클래스 폴더나 zip 파일, 또는 {word}(이)라는 말을 입력하세요.</translation>
    </message>
    <message>
        <source>The data set {name} is given {n} times; give it once.</source>
        <translation>데이터 세트 {name}을(를) {n}번 지정했습니다. 한 번만 지정하세요.</translation>
    </message>
    <message>
        <source>The data set {name} has no readable picture in a class that is asked for; it needs a folder of pictures for each class.</source>
        <translation>데이터 세트 {name}의 해당 클래스에 읽을 수 있는 사진이 없습니다. 클래스마다 사진 폴더가 있어야 합니다.</translation>
    </message>
    <message>
        <source>{n} of {class_n} pictures in {name} could not be read and were left out; the first is {path} ({reason}).</source>
        <translation>{name}의 사진 {class_n}장 중 {n}장을 읽을 수 없어 뺐습니다. 첫 번째는 {path}입니다({reason}).</translation>
    </message>
    <message>
        <source>{n} of {class_n} classes in {name} have fewer than {least} pictures and were left out.</source>
        <translation>{name}의 클래스 {class_n}개 중 {n}개는 사진이 {least}장보다 적어 뺐습니다.</translation>
    </message>
    <message>
        <source>{name} has too few classes with at least {least} pictures ({n}); meta-training takes two to learn from and two to validate on.</source>
        <translation>{name}에는 사진이 {least}장 이상인 클래스가 너무 적습니다({n}개). 메타 학습에는 배울 클래스 둘과 검증할 클래스 둘이 필요합니다.</translation>
    </message>
    <message>
        <source>{name} has {n} classes to learn from, too few for episodes of {ways}; choose fewer classes an episode (--way).</source>
        <translation>{name}에는 배울 클래스가 {n}개뿐이라 클래스 {ways}개짜리 에피소드를 만들 수 없습니다. 에피소드당 클래스를 줄이세요(--way).</translation>
    </message>
    <message>
        <source>An episode needs {n} pictures a class, but one of the classes has {class_n}.</source>
        <translation>에피소드에는 클래스마다 사진 {n}장이 필요하지만 {class_n}장뿐인 클래스가 있습니다.</translation>
    </message>
    <message>
        <source>{device} ran out of memory; choose fewer classes (--way) or pictures (--query) an episode.</source>
        <translation>{device}: 메모리가 부족합니다. 에피소드당 클래스(--way)나 사진(--query)을 줄이세요.</translation>
    </message>
    <message>
        <source>The loss became {loss} at step {step}; try a smaller learning rate.</source>
        <translation>{step}단계에서 손실이 {loss}이(가) 되었습니다. 학습률을 더 작게 해 보세요.</translation>
    </message>
    <message>
        <source>The weights became nan at step {step}; try a smaller learning rate.</source>
        <translation>{step}단계에서 가중치가 NaN이 되었습니다. 학습률을 더 작게 해 보세요.</translation>
    </message>
    <message>
        <source>{algorithm} learns nothing from meta-training, and needs none.</source>
        <translation>{algorithm}: 메타 학습으로 배우는 것이 없으며 필요하지도 않습니다.</translation>
    </message>
    <message>
        <source>{algorithm} has no weights that steps could change; meta-train it for 0 episodes.</source>
        <translation>{algorithm}: 단계마다 바꿀 가중치가 없습니다. 에피소드 0개로 메타 학습하세요.</translation>
    </message>
    <message>
        <source>A checkpoint is called NAME.safetensors, not {name}.</source>
        <translation>체크포인트의 이름은 NAME.safetensors 꼴이어야 하며 {name}은(는) 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>There is no unfinished training at {path}.</source>
        <translation>{path}에 끝나지 않은 학습이 없습니다.</translation>
    </message>
    <message>
        <source>The unfinished training {path} is damaged; delete it.</source>
        <translation>끝나지 않은 학습 {path}이(가) 손상되었습니다. 삭제하세요.</translation>
    </message>
    <message>
        <source>There is an unfinished training at {path}; go on with it by adding --resume {argument}, or delete it.</source>
        <translation>{path}에 끝나지 않은 학습이 있습니다. --resume {argument}을(를) 덧붙여 계속하거나 삭제하세요.</translation>
    </message>
    <message>
        <source>{path} belongs to a training with another {difference}: {theirs}, not {ours}. Give the same to go on with it, or delete it.</source>
        <translation>{path}은(는) 다른 학습의 것입니다({difference}: {ours}이(가) 아니라 {theirs}). 계속하려면 같은 값을 주거나 삭제하세요.</translation>
    </message>
    <message>
        <source>The training was not begun, because {path} cannot be written: {reason}.</source>
        <translation>{path}에 쓸 수 없어 학습을 시작하지 못했습니다: {reason}.</translation>
    </message>
    <message>
        <source>The folder {path} cannot be made: {reason}.</source>
        <translation>{path} 폴더를 만들 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>{path} needs `images` [n, h, w] of type uint8, each of a million pixels at most, and `codepoint` [n] of Unicode&apos;s numbers.</source>
        <translation>{path}에는 uint8 형식이고 각각 백만 픽셀 이하인 `images` [n, h, w]와 유니코드 번호인 `codepoint` [n]이 있어야 합니다.</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>디스크에 남은 공간이 없음</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>디스크 할당량을 다 씀</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>권한이 없음</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>허용되지 않은 작업</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>파일이나 폴더가 없음</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>폴더가 아님</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>폴더임</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>같은 이름의 파일이 있음</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>읽기 전용 디스크</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>입출력 오류</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>열린 파일이 너무 많음</translation>
    </message>
    <message>
        <source>Matching networks</source>
        <translation>매칭 네트워크 (Matching)</translation>
    </message>
    <message>
        <source>not a kind of device this program knows</source>
        <translation>이 프로그램이 아는 장치 종류가 아님</translation>
    </message>
    <message>
        <source>no NVIDIA GPU can be used here</source>
        <translation>여기서 쓸 수 있는 NVIDIA GPU가 없음</translation>
    </message>
    <message>
        <source>there is no Apple GPU here</source>
        <translation>Apple GPU가 없음</translation>
    </message>
    <message>
        <source>it computed {result} instead of 9</source>
        <translation>9 대신 {result}을(를) 계산함</translation>
    </message>
    <message>
        <source>{device} ({size} GB)</source>
        <translation>{device}({size}GB)</translation>
    </message>
    <message>
        <source>Apple GPU</source>
        <translation>Apple GPU</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>{device} · PyTorch</source>
        <translation>{device} · PyTorch</translation>
    </message>
    <message>
        <source>{device} · ONNX Runtime</source>
        <translation>{device} · ONNX Runtime</translation>
    </message>
    <message>
        <source>{device}; adapting on {adapting}</source>
        <translation>{device}, 적응은 {adapting}에서</translation>
    </message>
    <message>
        <source>{algorithm} has no option “{name}”; {known}.</source>
        <translation>{algorithm}에는 “{name}” 옵션이 없습니다. {known}.</translation>
    </message>
    <message>
        <source>{option} is {kind}, not {value}.</source>
        <translation>{option}은(는) {kind}이어야 하며 {value}은(는) 안 됩니다.</translation>
    </message>
    <message>
        <source>{option} lies between {minimum} and {maximum}; it cannot be {value}.</source>
        <translation>{option}은(는) {minimum} 이상 {maximum} 이하여야 하며 {value}은(는) 안 됩니다.</translation>
    </message>
    <message>
        <source>{option} is a whole number; it cannot be {value}.</source>
        <translation>{option}은(는) 정수여야 하며 {value}은(는) 안 됩니다.</translation>
    </message>
    <message>
        <source>its options are {names}</source>
        <translation>옵션은 {names}입니다</translation>
    </message>
    <message>
        <source>it has none</source>
        <translation>옵션이 하나도 없습니다</translation>
    </message>
    <message>
        <source>on or off</source>
        <translation>켬 또는 끔</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>숫자</translation>
    </message>
    <message>
        <source>{backbone} comes trained; only the character backbone is trained here.</source>
        <translation>{backbone}은(는) 이미 학습되어 있습니다. 여기서는 문자 백본만 학습합니다.</translation>
    </message>
    <message>
        <source>An episode of {n} classes was asked of a source that has {class_n}.</source>
        <translation>클래스가 {class_n}개인 데이터에서 클래스 {n}개짜리 에피소드를 요청했습니다.</translation>
    </message>
    <message>
        <source>{n} episodes a step cannot be shared evenly by {processes} processes; choose a multiple of {processes} with --meta-batch.</source>
        <translation>단계당 에피소드 {n}개를 프로세스 {processes}개에 고르게 나눌 수 없습니다. --meta-batch로 {processes}의 배수를 지정하세요.</translation>
    </message>
    <message>
        <source>{source} has {size} bytes instead of {expected}; it is cut off, or another file.</source>
        <translation>{source}의 크기가 {expected}바이트가 아니라 {size}바이트입니다. 잘렸거나 다른 파일입니다.</translation>
    </message>
    <message>
        <source>{source} is another file than the weights of {backbone}: its SHA-256 is not {sha256}.</source>
        <translation>{source}은(는) {backbone}의 가중치가 아닌 다른 파일입니다. SHA-256이 {sha256}이(가) 아닙니다.</translation>
    </message>
    <message>
        <source>The weights could not be kept in {folder}: {reason}. Make room there, or set FEWSHOT_DATA_DIR to another folder.</source>
        <translation>가중치를 {folder}에 보관할 수 없습니다: {reason}. 그곳에 공간을 마련하거나 FEWSHOT_DATA_DIR을 다른 폴더로 지정하세요.</translation>
    </message>
    <message>
        <source>{source} cannot be read ({reason}). Try again, or get the file by other means and add it with --from FILE.</source>
        <translation>{source}을(를) 읽을 수 없습니다({reason}). 다시 시도하거나 다른 방법으로 파일을 구해 --from FILE로 추가하세요.</translation>
    </message>
    <message>
        <source>The weights of {backbone} are not on this computer ({megabytes} MB, {licence}); get them with: {command}</source>
        <translation>{backbone}의 가중치가 이 컴퓨터에 없습니다({megabytes}MB, {licence}). 다음 명령으로 받으세요: {command}</translation>
    </message>
    <message>
        <source>The weights {path} are damaged; get them again with: {command}</source>
        <translation>가중치 {path}이(가) 손상되었습니다. 다음 명령으로 다시 받으세요: {command}</translation>
    </message>
    <message>
        <source>The weights {path} cannot be read: {reason}.</source>
        <translation>가중치 {path}을(를) 읽을 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Pictures without a label</source>
        <translation>레이블 없는 사진</translation>
    </message>
    <message>
        <source>it is on another disk</source>
        <translation>다른 디스크에 있음</translation>
    </message>
    <message>
        <source>it has too many links already</source>
        <translation>이미 링크가 너무 많음</translation>
    </message>
    <message>
        <source>Copies</source>
        <translation>복사본</translation>
    </message>
    <message>
        <source>Hard links (take no space)</source>
        <translation>하드 링크(공간을 쓰지 않음)</translation>
    </message>
    <message>
        <source>Symbolic links (to the originals)</source>
        <translation>심볼릭 링크(원본으로 연결)</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>Put into “unknown”</source>
        <translation>“unknown” 폴더에 넣기</translation>
    </message>
    <message>
        <source>this disk or account does not allow such links</source>
        <translation>이 디스크나 계정에서는 그런 링크를 만들 수 없음</translation>
    </message>
    <message>
        <source>“{image}” cannot be linked into {folder}: {reason}. Export copies instead.</source>
        <translation>“{image}”의 링크를 {folder}에 만들 수 없습니다: {reason}. 대신 복사본으로 내보내세요.</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>레이블</translation>
    </message>
    <message>
        <source>Labels and predictions</source>
        <translation>레이블과 예측</translation>
    </message>
    <message>
        <source>Labels, accepted predictions included</source>
        <translation>수락한 예측을 포함한 레이블</translation>
    </message>
    <message>
        <source>Only labels given by hand</source>
        <translation>직접 지정한 레이블만</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is a file. Give the name of a folder that is not there yet.</source>
        <translation>‘{path}’은(는) 파일입니다. 아직 없는 폴더 이름을 지정하세요.</translation>
    </message>
    <message>
        <source>The folder &apos;{path}&apos; is not empty. Give the name of a folder that is not there yet.</source>
        <translation>폴더 ‘{path}’이(가) 비어 있지 않습니다. 아직 없는 폴더 이름을 지정하세요.</translation>
    </message>
    <message>
        <source>The format {format} has no option “{option}”. Its options: {known}.</source>
        <translation>{format} 형식에는 “{option}” 옵션이 없습니다. 옵션: {known}.</translation>
    </message>
    <message>
        <source>The option {option} cannot be “{value}”. Choose one of: {known}.</source>
        <translation>{option} 옵션은 “{value}”일 수 없습니다. 다음 중에서 선택하세요: {known}.</translation>
    </message>
    <message>
        <source>The plug-in {plugin} was left out: {reason}.</source>
        <translation>플러그인 {plugin}을(를) 제외했습니다: {reason}.</translation>
    </message>
    <message>
        <source>The program ended before the run did.</source>
        <translation>실행이 끝나기 전에 프로그램이 종료되었습니다.</translation>
    </message>
    <message>
        <source>The engine could not start: {reason}.</source>
        <translation>엔진을 시작할 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>The run stopped because of a bug: {reason}</source>
        <translation>버그 때문에 실행이 멈추었습니다: {reason}</translation>
    </message>
    <message>
        <source>it is a project, open it by itself</source>
        <translation>프로젝트입니다. 따로 여세요</translation>
    </message>
    <message>
        <source>It could not be fetched ({reason}); save it in the browser and add the file.</source>
        <translation>가져올 수 없습니다({reason}). 브라우저에서 저장한 뒤 파일을 추가하세요.</translation>
    </message>
    <message>
        <source>To be read by</source>
        <translation>읽을 프로그램</translation>
    </message>
    <message>
        <source>Paths of the pictures</source>
        <translation>사진의 경로</translation>
    </message>
    <message>
        <source>Scripts (UTF-8)</source>
        <translation>스크립트(UTF-8)</translation>
    </message>
    <message>
        <source>Excel (UTF-8 with a byte order mark)</source>
        <translation>엑셀(바이트 순서 표시가 있는 UTF-8)</translation>
    </message>
    <message>
        <source>From the root of the disk</source>
        <translation>디스크의 루트부터</translation>
    </message>
    <message>
        <source>From the folder of the table</source>
        <translation>표가 있는 폴더부터</translation>
    </message>
    <message>
        <source>A sheet cannot hold so many classes: export a CSV table.</source>
        <translation>시트 하나에 클래스를 이렇게 많이 담을 수 없습니다. CSV 표로 내보내세요.</translation>
    </message>
    <message>
        <source>A sheet cannot hold so many pictures: export a CSV table.</source>
        <translation>시트 하나에 사진을 이렇게 많이 담을 수 없습니다. CSV 표로 내보내세요.</translation>
    </message>
    <message>
        <source>The labels beside {path} were made by another classifier. Give another name for the labels.</source>
        <translation>{path} 옆의 레이블은 다른 분류기로 만들었습니다. 레이블의 이름을 다르게 지정하세요.</translation>
    </message>
    <message>
        <source>The journal {path} cannot be used: {reason}. Give another name for the labels.</source>
        <translation>저널 {path}을(를) 쓸 수 없습니다: {reason}. 레이블의 이름을 다르게 지정하세요.</translation>
    </message>
    <message>
        <source>{path} is no journal of Fewshot. Give another name for the labels.</source>
        <translation>{path}은(는) Fewshot의 저널이 아닙니다. 레이블의 이름을 다르게 지정하세요.</translation>
    </message>
    <message>
        <source>{path} is used by another watch.</source>
        <translation>{path}은(는) 다른 감시에서 사용 중입니다.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; must end in .csv or .jsonl.</source>
        <translation>&apos;{path}&apos;은(는) .csv나 .jsonl로 끝나야 합니다.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is there already, and is not from watching a folder. Give another name.</source>
        <translation>&apos;{path}&apos;은(는) 이미 있으며 폴더 감시로 만든 것이 아닙니다. 다른 이름을 지정하세요.</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is a file. Give the name of a folder.</source>
        <translation>&apos;{path}&apos;은(는) 파일입니다. 폴더 이름을 지정하세요.</translation>
    </message>
    <message>
        <source>The folder &apos;{path}&apos; is not empty, and is not from watching a folder. Give another name.</source>
        <translation>&apos;{path}&apos; 폴더는 비어 있지 않으며 폴더 감시로 만든 것이 아닙니다. 다른 이름을 지정하세요.</translation>
    </message>
    <message>
        <source>Examples that could not be read were left out: {n} ({reason}).</source>
        <translation>읽을 수 없는 예시를 제외했습니다: {n}개({reason}).</translation>
    </message>
    <message>
        <source>It could not be fetched, because it is no web address.</source>
        <translation>웹 주소가 아니어서 가져올 수 없습니다.</translation>
    </message>
    <message>
        <source>A picture inside the page is cut off; save it in the browser.</source>
        <translation>페이지 안의 사진이 잘려 있습니다. 브라우저에서 저장하세요.</translation>
    </message>
    <message>
        <source>It took longer than {n} seconds; try it again.</source>
        <translation>{n}초가 넘게 걸렸습니다. 다시 시도하세요.</translation>
    </message>
    <message>
        <source>redirected to {address}</source>
        <translation>다른 주소로 연결됨: {address}</translation>
    </message>
    <message>
        <source>{host} leads into your own network</source>
        <translation>{host} 주소가 내 네트워크 안으로 연결됨</translation>
    </message>
    <message>
        <source>It is larger than {n} MiB; save it in the browser and add the file.</source>
        <translation>{n}MiB보다 큽니다. 브라우저에서 저장한 뒤 파일을 추가하세요.</translation>
    </message>
    <message>
        <source>The pictures lay in a temporary folder, so they were copied to {path}.</source>
        <translation>사진이 임시 폴더에 있어서 {path}(으)로 복사했습니다.</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>거리 기반</translation>
    </message>
    <message>
        <source>Each example votes for its class, the louder the more it resembles the picture.</source>
        <translation>각 예시가 자기 클래스에 투표하며, 사진과 닮을수록 표의 비중이 커집니다.</translation>
    </message>
    <message>
        <source>A misleading example keeps its full vote; nothing is averaged out.</source>
        <translation>오해를 부르는 예시도 표를 그대로 행사하며, 평균으로 상쇄되지 않습니다.</translation>
    </message>
    <message>
        <source>Prototypical networks</source>
        <translation>프로토타입 네트워크 (Prototypical)</translation>
    </message>
    <message>
        <source>Each class is the average of its examples; a picture goes to the nearest. Instant.</source>
        <translation>각 클래스를 예시의 평균으로 나타내고 사진을 가장 가까운 클래스로 분류합니다. 즉시 끝납니다.</translation>
    </message>
    <message>
        <source>One average a class: a class of two unlike kinds is better split in two.</source>
        <translation>클래스마다 평균이 하나뿐이므로, 서로 다른 두 종류가 섞인 클래스는 둘로 나누는 편이 좋습니다.</translation>
    </message>
    <message>
        <source>Relation networks</source>
        <translation>관계 네트워크 (Relation)</translation>
    </message>
    <message>
        <source>A small network has learnt how to compare a picture with a class.</source>
        <translation>작은 신경망이 사진과 클래스를 비교하는 방법을 학습했습니다.</translation>
    </message>
    <message>
        <source>What it has learnt of comparing may not hold for pictures unlike those it was trained on.</source>
        <translation>학습한 비교 방법이 학습 데이터와 다른 사진에는 맞지 않을 수 있습니다.</translation>
    </message>
    <message>
        <source>Siamese networks</source>
        <translation>샴 네트워크 (Siamese)</translation>
    </message>
    <message>
        <source>Judges, pair by pair, whether two pictures show the same thing.</source>
        <translation>두 사진이 같은 것을 보여 주는지 한 쌍씩 판단합니다.</translation>
    </message>
    <message>
        <source>Was trained on pairs, never on a whole task; others gain more from further examples.</source>
        <translation>전체 과제가 아니라 쌍으로만 학습했습니다. 예시가 늘면 다른 알고리즘이 더 좋아집니다.</translation>
    </message>
    <message>
        <source>Nearest mean (SimpleShot)</source>
        <translation>최근접 평균 (SimpleShot)</translation>
    </message>
    <message>
        <source>Closed form</source>
        <translation>닫힌 해</translation>
    </message>
    <message>
        <source>The weights in {path} do not fit the network; install their package anew.</source>
        <translation>{path}의 가중치가 네트워크와 맞지 않습니다. 해당 패키지를 다시 설치하십시오.</translation>
    </message>
    <message>
        <source>{algorithm} was taken: it had {more} more of {examples} held-out examples right than {first}.</source>
        <translation>{algorithm}을(를) 선택했습니다. 떼어 둔 예시 {examples}개 중 {first}보다 {more}개를 더 맞혔습니다.</translation>
    </message>
    <message>
        <source>{algorithm} was taken: nothing else was clearly better on {examples} held-out examples.</source>
        <translation>{algorithm}을(를) 선택했습니다. 떼어 둔 예시 {examples}개에서 뚜렷이 더 나은 것이 없었습니다.</translation>
    </message>
    <message>
        <source>Compares directions with the average direction of each class. Nothing is trained. Instant.</source>
        <translation>각 클래스의 평균 방향과 방향을 비교합니다. 학습이 없어 즉시 끝납니다.</translation>
    </message>
    <message>
        <source>Weighs every direction alike, whether or not it tells your classes apart.</source>
        <translation>클래스 구별에 도움이 되든 아니든 모든 방향을 똑같이 취급합니다.</translation>
    </message>
    <message>
        <source>Ridge regression (R2-D2)</source>
        <translation>릿지 회귀 (R2-D2)</translation>
    </message>
    <message>
        <source>Computes the best linear separation of the classes in one go; more examples help much.</source>
        <translation>클래스를 가장 잘 나누는 선형 경계를 한 번에 계산합니다. 예시가 많을수록 훨씬 좋아집니다.</translation>
    </message>
    <message>
        <source>With one example a class it is hardly better than a comparison.</source>
        <translation>클래스당 예시가 하나면 단순 비교보다 나을 것이 거의 없습니다.</translation>
    </message>
    <message>
        <source>ANIL</source>
        <translation>ANIL</translation>
    </message>
    <message>
        <source>Has learnt features in which a few gradient steps of the last layer solve a task. Quick.</source>
        <translation>마지막 층의 경사 단계 몇 번으로 과제를 풀 수 있는 특징을 학습했습니다. 빠릅니다.</translation>
    </message>
    <message>
        <source>Its features are what meta-training made them; a task cannot change them.</source>
        <translation>특징은 메타 학습에서 정해지며 과제에 맞게 바뀌지 않습니다.</translation>
    </message>
    <message>
        <source>Cosine classifier (Baseline++)</source>
        <translation>코사인 분류기 (Baseline++)</translation>
    </message>
    <message>
        <source>Starts from the average direction of each class and turns it to tell your classes apart.</source>
        <translation>각 클래스의 평균 방향에서 시작해 클래스가 구별되도록 방향을 조정합니다.</translation>
    </message>
    <message>
        <source>With a single example a class, training improves nothing on the average it starts from.</source>
        <translation>클래스당 예시가 하나면 학습해도 처음의 평균보다 나아지지 않습니다.</translation>
    </message>
    <message>
        <source>Fine-tuning</source>
        <translation>미세 조정 (Fine-tuning)</translation>
    </message>
    <message>
        <source>Starts from the average of each class and trains the last layer, or more if you like.</source>
        <translation>각 클래스의 평균에서 시작해 마지막 층을, 원하면 더 많은 층을 학습합니다.</translation>
    </message>
    <message>
        <source>From one example a class it gains little over the averages; training deeper layers is slow.</source>
        <translation>클래스당 예시가 하나면 평균보다 나을 것이 거의 없고, 더 깊은 층의 학습은 느립니다.</translation>
    </message>
    <message>
        <source>First-order MAML</source>
        <translation>1차 MAML (First-order MAML)</translation>
    </message>
    <message>
        <source>MAML, meta-trained in a simpler and cheaper way; in use it is the same.</source>
        <translation>더 간단하고 가볍게 메타 학습한 MAML입니다. 사용 방법은 같습니다.</translation>
    </message>
    <message>
        <source>Slower than the others, and usually a little behind MAML.</source>
        <translation>다른 알고리즘보다 느리고 대체로 MAML에 조금 뒤집니다.</translation>
    </message>
    <message>
        <source>MAML</source>
        <translation>MAML</translation>
    </message>
    <message>
        <source>Starts from weights made to be adapted and takes a few gradient steps of the whole network.</source>
        <translation>적응하기 좋게 만든 가중치에서 시작해 전체 신경망을 경사 단계 몇 번으로 조정합니다.</translation>
    </message>
    <message>
        <source>Slower than the others, and sensitive to pictures unlike those it was meta-trained on.</source>
        <translation>다른 알고리즘보다 느리고, 메타 학습 데이터와 다른 사진에 민감합니다.</translation>
    </message>
    <message>
        <source>LSTM meta-learner</source>
        <translation>LSTM 메타 학습기</translation>
    </message>
    <message>
        <source>Has learnt a rule of its own for training the last layer, in place of gradient descent.</source>
        <translation>경사 하강법 대신 마지막 층을 학습하는 고유한 규칙을 학습했습니다.</translation>
    </message>
    <message>
        <source>The rule is made for a handful of steps and examples like those of its meta-training.</source>
        <translation>이 규칙은 메타 학습과 비슷한 적은 단계와 예시에 맞춰져 있습니다.</translation>
    </message>
    <message>
        <source>Meta-SGD</source>
        <translation>Meta-SGD</translation>
    </message>
    <message>
        <source>MAML that has also learnt how far each weight should move.</source>
        <translation>가중치마다 얼마나 움직일지도 함께 학습한 MAML입니다.</translation>
    </message>
    <message>
        <source>Twice as much to meta-train as MAML, so it needs more varied training tasks.</source>
        <translation>메타 학습할 값이 MAML의 두 배여서 더 다양한 학습 과제가 필요합니다.</translation>
    </message>
    <message>
        <source>Proto-MAML</source>
        <translation>Proto-MAML</translation>
    </message>
    <message>
        <source>Starts from the average of each class, then improves everything by a few gradient steps.</source>
        <translation>각 클래스의 평균에서 시작한 뒤 경사 단계 몇 번으로 전체를 개선합니다.</translation>
    </message>
    <message>
        <source>Slower than the prototypes it starts from; with one example a class it hardly leaves them.</source>
        <translation>출발점인 프로토타입보다 느리고, 클래스당 예시가 하나면 거의 그대로입니다.</translation>
    </message>
    <message>
        <source>Reptile</source>
        <translation>Reptile</translation>
    </message>
    <message>
        <source>Starts from weights that are near the solutions of many tasks, and trains them on yours.</source>
        <translation>여러 과제의 해에 가까운 가중치에서 시작해 현재 과제로 학습합니다.</translation>
    </message>
    <message>
        <source>Meta-training never tests it on pictures that it has not learnt from, so it gains the least.</source>
        <translation>메타 학습 중 처음 보는 사진으로 평가하지 않으므로 얻는 것이 가장 적습니다.</translation>
    </message>
    <message>
        <source>Memory-augmented network</source>
        <translation>메모리 증강 네트워크 (MANN)</translation>
    </message>
    <message>
        <source>An LSTM writes the examples into a memory and looks pictures up in it.</source>
        <translation>LSTM이 예시를 메모리에 기록하고 그 메모리에서 사진을 찾습니다.</translation>
    </message>
    <message>
        <source>Reads at most 128 examples, of all classes alike, and of a class no more than the middle one has; leaves out the others.</source>
        <translation>예시를 모든 클래스에서 고르게 128개까지만 읽고, 한 클래스에서는 가운데 크기의 클래스만큼만 읽습니다. 나머지는 건너뜁니다.</translation>
    </message>
    <message>
        <source>Sure of what it has learnt about learning, so poor on unlike pictures. Reads at most 200 examples, and of a class no more than the middle one has.</source>
        <translation>학습한 방식을 지나치게 확신하므로 다른 종류의 사진에는 약합니다. 예시를 200개까지만, 한 클래스에서는 가운데 크기의 클래스만큼만 읽습니다.</translation>
    </message>
    <message>
        <source>DINOv2 ViT-S/14 (photos)</source>
        <translation>DINOv2 ViT-S/14(사진)</translation>
    </message>
    <message>
        <source>For photos of all kinds; slower than EfficientNet-Lite0. Its weights have to be added first.</source>
        <translation>모든 종류의 사진용. EfficientNet-Lite0보다 느립니다. 먼저 가중치를 추가해야 합니다.</translation>
    </message>
    <message>
        <source>Pictures in a folder for each class</source>
        <translation>클래스별 폴더의 사진</translation>
    </message>
    <message>
        <source>Workbook for Excel and LibreOffice</source>
        <translation>Excel·LibreOffice용 통합 문서</translation>
    </message>
    <message>
        <source>Korean (cp949)</source>
        <translation>한국어(cp949)</translation>
    </message>
    <message>
        <source>Japanese (cp932)</source>
        <translation>일본어(cp932)</translation>
    </message>
    <message>
        <source>simplified Chinese (gbk)</source>
        <translation>중국어 간체(gbk)</translation>
    </message>
    <message>
        <source>traditional Chinese (big5)</source>
        <translation>중국어 번체(big5)</translation>
    </message>
    <message>
        <source>Cyrillic (cp866)</source>
        <translation>키릴 문자(cp866)</translation>
    </message>
    <message>
        <source>Cyrillic (cp1251)</source>
        <translation>키릴 문자(cp1251)</translation>
    </message>
    <message>
        <source>Western (cp850)</source>
        <translation>서유럽 언어(cp850)</translation>
    </message>
    <message>
        <source>Western (cp1252)</source>
        <translation>서유럽 언어(cp1252)</translation>
    </message>
    <message>
        <source>Central European (cp852)</source>
        <translation>중부 유럽 언어(cp852)</translation>
    </message>
    <message>
        <source>Central European (cp1250)</source>
        <translation>중부 유럽 언어(cp1250)</translation>
    </message>
    <message>
        <source>Turkish (cp857)</source>
        <translation>튀르키예어(cp857)</translation>
    </message>
    <message>
        <source>Turkish (cp1254)</source>
        <translation>튀르키예어(cp1254)</translation>
    </message>
    <message>
        <source>Baltic (cp775)</source>
        <translation>발트 언어(cp775)</translation>
    </message>
    <message>
        <source>Baltic (cp1257)</source>
        <translation>발트 언어(cp1257)</translation>
    </message>
    <message>
        <source>Greek (cp737)</source>
        <translation>그리스어(cp737)</translation>
    </message>
    <message>
        <source>Greek (cp1253)</source>
        <translation>그리스어(cp1253)</translation>
    </message>
    <message>
        <source>Hebrew (cp862)</source>
        <translation>히브리어(cp862)</translation>
    </message>
    <message>
        <source>Hebrew (cp1255)</source>
        <translation>히브리어(cp1255)</translation>
    </message>
    <message>
        <source>Arabic (cp1256)</source>
        <translation>아랍어(cp1256)</translation>
    </message>
    <message>
        <source>Thai (cp874)</source>
        <translation>태국어(cp874)</translation>
    </message>
    <message>
        <source>Meta networks</source>
        <translation>메타 네트워크 (Meta networks)</translation>
    </message>
    <message>
        <source>{algorithm} was taken: with one example of each class, nothing can be held out to compare.</source>
        <translation>{algorithm}을(를) 선택했습니다. 클래스마다 예시가 하나뿐이라 떼어 두고 비교할 수 없습니다.</translation>
    </message>
    <message>
        <source>The classifier does not fit {algorithm}: {difference}; save it again.</source>
        <translation>분류기가 {algorithm}에 맞지 않습니다: {difference}. 다시 저장하세요.</translation>
    </message>
    <message>
        <source>The classifier was made by another version of Fewshot, which read some kinds of pictures in another way; save it again from its examples to be sure.</source>
        <translation>이 분류기는 일부 사진을 다르게 읽는 다른 버전의 Fewshot으로 만들었습니다. 확실히 하려면 예시로부터 다시 저장하세요.</translation>
    </message>
    <message>
        <source>The classifier was fitted with other weights of {backbone}; fit it again.</source>
        <translation>이 분류기는 {backbone}의 다른 가중치로 학습되었습니다. 다시 학습하세요.</translation>
    </message>
    <message>
        <source>The classifier&apos;s examples are not what {backbone} makes of pictures; save it again.</source>
        <translation>분류기의 예시가 {backbone}이(가) 사진에서 만드는 것과 다릅니다. 분류기를 다시 저장하세요.</translation>
    </message>
    <message>
        <source>{other} may suit these pictures better: {right} of {examples} held-out examples are right with it, {others} with {backbone}.</source>
        <translation>{other}이(가) 이 사진들에 더 맞을 수 있습니다. 떼어 둔 예시 {examples}개 중 {right}개가 맞고, {backbone}(으)로는 {others}개가 맞습니다.</translation>
    </message>
    <message>
        <source>With one example of each class nothing can be compared; add a second one to some.</source>
        <translation>클래스마다 예시가 하나뿐이면 비교할 수 없습니다. 몇몇 클래스에 예시를 하나 더 추가하십시오.</translation>
    </message>
    <message>
        <source>Left out: {reason}</source>
        <translation>제외함: {reason}</translation>
    </message>
    <message>
        <source>None of the pictures can be read, so there is no folder to look at.</source>
        <translation>읽을 수 있는 사진이 없어 살펴볼 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>With “Whole folder” on, a classifier belongs to the run on its folder: turn it off to keep one.</source>
        <translation>“폴더 전체”가 켜져 있으면 분류기는 그 폴더의 실행에만 속합니다. 분류기를 저장하려면 끄십시오.</translation>
    </message>
    <message>
        <source>{path} is damaged or not a classifier of Fewshot ({reason}). Save the classifier again.</source>
        <translation>{path}은(는) 손상되었거나 Fewshot의 분류기가 아닙니다({reason}). 분류기를 다시 저장하세요.</translation>
    </message>
    <message>
        <source>The classifier {path} was not written: its labels must be all texts or all numbers.</source>
        <translation>분류기 {path}을(를) 쓰지 않았습니다. 레이블은 모두 문자열이거나 모두 숫자여야 합니다.</translation>
    </message>
    <message>
        <source>The classifier {path} was not written: it would be larger than 2 GB. Use fewer examples, or an algorithm on frozen embeddings.</source>
        <translation>분류기 {path}을(를) 쓰지 않았습니다. 2 GB보다 커집니다. 예시를 줄이거나 고정된 임베딩을 쓰는 알고리즘을 선택하세요.</translation>
    </message>
    <message>
        <source>{path} was saved by a later version of Fewshot (format {later}; this one reads {format}). Install the later version.</source>
        <translation>{path}은(는) 더 새로운 버전의 Fewshot으로 저장되었습니다(형식 {later}, 이 버전은 {format}까지 읽습니다). 새 버전을 설치하세요.</translation>
    </message>
    <message>
        <source>The classifier could not be written to {path}: {reason}.</source>
        <translation>분류기를 {path}에 쓸 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>{path}을(를) 읽을 수 없습니다: {reason}.</translation>
    </message>
    <message>
        <source>{n} classes were joined to others whose names differ only in case or spaces, among them “{name}” to “{into}”.</source>
        <translation>이름이 대소문자나 공백만 다른 클래스 {n}개를 다른 클래스에 합쳤습니다. 예: “{name}” → “{into}”.</translation>
    </message>
    <message>
        <source>The class “{name}” was joined to “{into}”: the names differ only in case or spaces.</source>
        <translation>“{name}” 클래스를 “{into}”에 합쳤습니다: 이름이 대소문자나 공백만 다릅니다.</translation>
    </message>
    <message>
        <source>Merge a class into another</source>
        <translation>클래스를 다른 클래스로 병합</translation>
    </message>
    <message>
        <source>Merge {n} classes into others</source>
        <translation>클래스 {n}개를 다른 클래스로 병합</translation>
    </message>
    <message>
        <source>Label 1 picture as “{name}”</source>
        <translation>사진 1장을 “{name}”(으)로 지정</translation>
    </message>
    <message>
        <source>Label {n} pictures as “{name}”</source>
        <translation>사진 {n}장을 “{name}”(으)로 지정</translation>
    </message>
    <message>
        <source>Choose the file of a classifier that was saved before.</source>
        <translation>전에 저장한 분류기 파일을 선택하세요.</translation>
    </message>
    <message>
        <source>Choose a folder with the pictures to label.</source>
        <translation>레이블을 붙일 사진이 있는 폴더를 선택하세요.</translation>
    </message>
    <message>
        <source>Choose where the labels are written.</source>
        <translation>레이블을 쓸 곳을 선택하세요.</translation>
    </message>
    <message>
        <source>There is no picture in {folder}.</source>
        <translation>{folder}에 사진이 없습니다.</translation>
    </message>
    <message>
        <source>The folder is not watched any more: {reason}</source>
        <translation>폴더를 더 이상 감시하지 않습니다: {reason}</translation>
    </message>
    <message>
        <source>Choose a folder to watch.</source>
        <translation>감시할 폴더를 선택하십시오.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>자동</translation>
    </message>
    <message>
        <source>Takes the linear probe, or another where your examples show that it is better. Instant.</source>
        <translation>선형 프로브를 쓰고, 예시에서 다른 것이 더 낫다고 드러나면 그것을 씁니다. 즉시 끝납니다.</translation>
    </message>
    <message>
        <source>Chooses among instant algorithms only; those that adapt a network are not tried.</source>
        <translation>즉시 끝나는 알고리즘 중에서만 고릅니다. 네트워크를 적응시키는 알고리즘은 시도하지 않습니다.</translation>
    </message>
    <message>
        <source>Linear probe</source>
        <translation>선형 프로브</translation>
    </message>
    <message>
        <source>Computes the best linear separation on several depths of the backbone. Instant.</source>
        <translation>백본의 여러 깊이에서 가장 좋은 선형 구분을 계산합니다. 즉시 끝납니다.</translation>
    </message>
    <message>
        <source>Has learnt nothing about learning: where a checkpoint fits, that may be better.</source>
        <translation>학습하는 법을 배우지 않았습니다. 맞는 체크포인트가 있으면 그쪽이 더 나을 수 있습니다.</translation>
    </message>
    <message>
        <source>Gradient</source>
        <translation>기울기</translation>
    </message>
    <message>
        <source>Black box</source>
        <translation>블랙박스</translation>
    </message>
    <message>
        <source>Turns the gradients of the examples into fast weights, and picks those that fit a picture.</source>
        <translation>예시의 경사를 빠른 가중치로 바꾸고 사진에 맞는 것을 고릅니다.</translation>
    </message>
    <message>
        <source>The gradients of few examples are noisy advice; it leans on what meta-training saw.</source>
        <translation>적은 예시의 경사는 잡음이 많아 메타 학습에서 본 것에 의존합니다.</translation>
    </message>
    <message>
        <source>Set encoder</source>
        <translation>집합 인코더 (Set encoder)</translation>
    </message>
    <message>
        <source>A network reads each class into a short vector and writes a classifier from it. Instant.</source>
        <translation>신경망이 각 클래스를 짧은 벡터로 읽어 분류기를 만듭니다. 즉시 끝납니다.</translation>
    </message>
    <message>
        <source>It gains little from the tenth example of a class: all it keeps is one vector.</source>
        <translation>벡터 하나만 보관하므로 클래스의 열 번째 예시부터는 거의 나아지지 않습니다.</translation>
    </message>
    <message>
        <source>SNAIL</source>
        <translation>SNAIL</translation>
    </message>
    <message>
        <source>Reads the examples as a sequence and remembers them by convolution and attention.</source>
        <translation>예시를 순서대로 읽고 합성곱과 어텐션으로 기억합니다.</translation>
    </message>
    <message>
        <source>Whole folder (transductive)</source>
        <translation>폴더 전체 (트랜스덕티브)</translation>
    </message>
    <message>
        <source>On: a label also depends on the other pictures of the folder, which mostly helps; off: on the examples.</source>
        <translation>켜면 레이블이 폴더의 다른 사진에도 좌우되며 대개 더 정확합니다. 끄면 예시에만 좌우됩니다.</translation>
    </message>
    <message>
        <source>Full context embeddings</source>
        <translation>전체 문맥 임베딩</translation>
    </message>
    <message>
        <source>See every example and picture in the light of all examples instead of each by itself.</source>
        <translation>예시와 사진을 하나씩 따로 보지 않고 모든 예시에 비추어 봅니다.</translation>
    </message>
    <message>
        <source>Penalty</source>
        <translation>벌점</translation>
    </message>
    <message>
        <source>How much large weights cost: more for few or noisy examples, less for many clear ones.</source>
        <translation>큰 가중치에 매기는 비용입니다. 예시가 적거나 지저분하면 높이고, 많고 뚜렷하면 낮춥니다.</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>단계 수</translation>
    </message>
    <message>
        <source>How many times all examples are learnt from.</source>
        <translation>모든 예시로 학습하는 횟수입니다.</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>How far the last layer moves in a step.</source>
        <translation>한 단계에서 마지막 층이 움직이는 정도입니다.</translation>
    </message>
    <message>
        <source>New last layer</source>
        <translation>새 마지막 층</translation>
    </message>
    <message>
        <source>On: it starts from nothing; off: from the averages of the classes.</source>
        <translation>켬: 빈 상태에서 시작합니다. 끔: 클래스의 평균에서 시작합니다.</translation>
    </message>
    <message>
        <source>Frozen layers</source>
        <translation>고정할 층</translation>
    </message>
    <message>
        <source>How many layers, from the lowest, never change; 4 is all but the last layer. It has no effect where the backbone is frozen.</source>
        <translation>맨 아래부터 바뀌지 않는 층의 수입니다. 4이면 마지막 층을 뺀 전부입니다. 백본이 고정된 경우에는 효과가 없습니다.</translation>
    </message>
    <message>
        <source>Layer decay</source>
        <translation>층별 감쇠</translation>
    </message>
    <message>
        <source>Each layer learns so many times as fast as the one above it; 1: all alike. It has no effect where the backbone is frozen.</source>
        <translation>각 층의 학습 속도를 바로 위층의 몇 배로 할지 정합니다. 1이면 모두 같습니다. 백본이 고정된 경우에는 효과가 없습니다.</translation>
    </message>
    <message>
        <source>Unfreeze every … steps</source>
        <translation>고정 해제 간격(단계)</translation>
    </message>
    <message>
        <source>After each so many steps one more layer from the top learns; 0: all do at once. It has no effect where the backbone is frozen.</source>
        <translation>이 단계 수마다 위에서부터 한 층씩 더 학습합니다. 0이면 한꺼번에 학습합니다. 백본이 고정된 경우에는 효과가 없습니다.</translation>
    </message>
    <message>
        <source>EfficientNet-Lite0 (photos)</source>
        <translation>EfficientNet-Lite0 (사진)</translation>
    </message>
    <message>
        <source>For photos of all kinds; knows the shapes and textures of ImageNet.</source>
        <translation>모든 종류의 사진용입니다. ImageNet의 모양과 질감을 압니다.</translation>
    </message>
    <message>
        <source>EfficientNet, thorough (photos)</source>
        <translation>EfficientNet, 꼼꼼하게 (사진)</translation>
    </message>
    <message>
        <source>Two networks on seven views of each photo: one point more accurate, ten times as slow.</source>
        <translation>사진마다 일곱 가지 모습을 두 네트워크로 봅니다. 정확도는 1포인트 높고 열 배 느립니다.</translation>
    </message>
    <message>
        <source>Conv4 (characters and symbols)</source>
        <translation>Conv4 (문자와 기호)</translation>
    </message>
    <message>
        <source>Small and quick; for drawn or printed signs on a plain ground, of any size and anywhere on it.</source>
        <translation>작고 빠릅니다. 단색 배경에 그리거나 인쇄한 기호용이며 크기와 위치는 상관없습니다.</translation>
    </message>
    <message>
        <source>PCA</source>
        <translation>PCA</translation>
    </message>
    <message>
        <source>The plane in which the pictures differ most; at once.</source>
        <translation>사진들의 차이가 가장 크게 드러나는 평면입니다. 즉시 표시됩니다.</translation>
    </message>
    <message>
        <source>LDA</source>
        <translation>LDA</translation>
    </message>
    <message>
        <source>The plane that separates the examples best, so they look tidier in it than the rest; at once.</source>
        <translation>예시를 가장 잘 나누는 평면이어서 예시가 나머지 사진보다 정돈되어 보입니다. 즉시 표시됩니다.</translation>
    </message>
    <message>
        <source>t-SNE</source>
        <translation>t-SNE</translation>
    </message>
    <message>
        <source>Keeps neighbours together; distances between groups mean nothing. Takes half a minute.</source>
        <translation>이웃한 사진을 모아 보여 줍니다. 그룹 사이의 거리는 의미가 없습니다. 30초쯤 걸립니다.</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV 표</translation>
    </message>
    <message>
        <source>JSON Lines</source>
        <translation>JSON Lines</translation>
    </message>
    <message>
        <source>Preparing (longer the first time)</source>
        <translation>준비하는 중(처음에는 오래 걸림)</translation>
    </message>
    <message>
        <source>Reading examples</source>
        <translation>예시를 읽는 중</translation>
    </message>
    <message>
        <source>Looking at the pictures</source>
        <translation>사진을 읽는 중</translation>
    </message>
    <message>
        <source>Checking on held-out examples</source>
        <translation>따로 떼어 둔 예시로 확인하는 중</translation>
    </message>
    <message>
        <source>Classifying</source>
        <translation>분류하는 중</translation>
    </message>
    <message>
        <source>Comparing</source>
        <translation>비교하는 중</translation>
    </message>
    <message>
        <source>Choosing diverse pictures</source>
        <translation>다양한 사진을 고르는 중</translation>
    </message>
    <message>
        <source>Looking for near-duplicates</source>
        <translation>거의 같은 사진을 찾는 중</translation>
    </message>
    <message>
        <source>empty file</source>
        <translation>빈 파일</translation>
    </message>
    <message>
        <source>truncated</source>
        <translation>잘린 파일</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>손상된 파일</translation>
    </message>
    <message>
        <source>not a picture</source>
        <translation>사진이 아님</translation>
    </message>
    <message>
        <source>unsupported format</source>
        <translation>지원하지 않는 형식</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>너무 큼</translation>
    </message>
    <message>
        <source>not a file</source>
        <translation>파일이 아님</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>찾을 수 없음</translation>
    </message>
    <message>
        <source>no permission</source>
        <translation>권한 없음</translation>
    </message>
</context>
</TS>
